#include "core/improve/weight_walk.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/parallel.h"
#include "core/number/kernels.h"

namespace quantwright {

namespace {

/// Columns of one image. 384 were enough on EfficientNet-lite0 (docs/quantization.md).
constexpr std::int64_t k_columns = 384, k_fewest_columns = 32;
/// For each element of a row of the weight.
constexpr std::int64_t k_columns_of_a_weight = 64;
constexpr std::int64_t k_judging_columns = 4096;
/// A second moment of more columns takes too much memory: such layers get a bias alone.
constexpr std::int64_t k_most_matrix_columns = 6144;
/// Columns are multiplied when they are so many bytes.
constexpr std::int64_t k_batch_bytes = std::int64_t(32) << 20;

/// The layer's matrices, where its weight is rounded by us.
std::optional<WeightMatrix> fitted(const Resolved& resolved, int layer) {
    const ResolvedLayer& facts = resolved.layers[static_cast<std::size_t>(layer)];
    if (!facts.weight || !facts.quantized() ||
        resolved.prepared->given.weights.contains(facts.weight->initializer))
        return std::nullopt;
    return WeightMatrix::of(*resolved.prepared, layer);
}

/// Columns of each image that moments are made from.
std::int64_t columns_of_each(const WeightMatrix& matrix, const FitOptions& fit, std::int64_t images) {
    const std::int64_t wanted = fit.rounding ? k_columns_of_a_weight * matrix.columns() : 0;
    return std::min(std::clamp(wanted / std::max<std::int64_t>(images, 1), k_fewest_columns, k_columns),
                    matrix.positions());
}

std::int64_t judging_columns_of_each(const WeightMatrix& matrix, std::int64_t images) {
    return std::min(
        std::clamp(k_judging_columns / std::max<std::int64_t>(images, 1), k_fewest_columns, k_columns),
        matrix.positions());
}

/// Sessions live while they are needed: each keeps the memory of all results it gave.
class Walk {
public:
    Walk(std::shared_ptr<const Resolved> resolved, const WalkOptions& options, const MatrixProducts& runtime,
         const JobContext& job)
        : m_plain(std::move(resolved)),
          m_prepared(*m_plain->prepared),
          m_options(options),
          m_fit(options.fit),
          m_runtime(runtime),
          m_job(job),
          m_segments(cut_into_segments(m_prepared, 1)),
          m_float({m_plain, std::vector<int>{}, true, true}),
          m_quantized({m_plain, {}, true, true}) {}

    /// What is found goes to `improved`, layer by layer.
    Status run(std::vector<FitImage>& images, Improved& improved) {
        m_images = &images;
        for (FitImage& image : images)
            image.as_float = image.as_quantized = first_state(m_prepared, image.batch.inputs);
        for (int i = 0; i < static_cast<int>(m_segments.size()); ++i) {
            if (auto opened = open(i); !opened)
                return opened;
            for (const int layer : segment(i).layers) {
                if (auto fitted = fit_one(i, layer, improved); !fitted)
                    return fitted;
                if (m_options.done)
                    m_options.done(layer);
            }
            if (auto moved = move_on(i); !moved)
                return moved;
        }
        return {};
    }

private:
    /// A segment in both forms, with what its weights read.
    struct Both {
        std::vector<TensorId> seen;  ///< inputs of weights that are made in it
        std::shared_ptr<SegmentSession> as_float, quantized;
    };

    [[nodiscard]] const Segment& segment(int i) const { return m_segments[static_cast<std::size_t>(i)]; }

    Result<std::shared_ptr<SegmentSession>> session(const FormView& view, int i,
                                                    const std::vector<TensorId>& seen) const {
        return SegmentSession::create(view, segment(i), {1, Optimizations::standard, seen});
    }

    Status open(int i) {
        Both both;
        for (const int layer : segment(i).layers)
            if (const auto matrix = wanted(layer)) {
                const GraphTensor& input = m_prepared.model->graph()[matrix->input()];
                if (input.producer && segment(i).nodes.first <= *input.producer)
                    both.seen.push_back(matrix->input());
            }
        std::sort(both.seen.begin(), both.seen.end());
        both.seen.erase(std::unique(both.seen.begin(), both.seen.end()), both.seen.end());
        auto as_float = session(m_float, i, both.seen);
        if (!as_float)
            return fail(as_float);
        both.as_float = std::move(*as_float);
        auto quantized = session(m_quantized, i, both.seen);
        if (!quantized)
            return fail(quantized);
        both.quantized = std::move(*quantized);
        m_sessions[i] = std::move(both);
        return {};
    }

    [[nodiscard]] std::optional<WeightMatrix> wanted(int layer) const { return fitted(*m_plain, layer); }

    Status fit_one(int i, int layer, Improved& improved) {
        const auto matrix = wanted(layer);
        if (!matrix)
            return {};
        LayerMoments moments(*matrix, m_fit.rounding && matrix->columns() <= k_most_matrix_columns);
        LayerColumns judging;
        if (auto gathered = gather(i, *matrix, moments, judging); !gathered)
            return gathered;
        const Resolved& now = m_quantized.resolved();
        auto fitted = fit_layer(now, layer, *matrix, moments, judging, m_fit, m_runtime, m_job.token());
        if (!fitted)
            return fail(fitted);
        auto resolved = fitted->weight ? with_improved(now, layer, fitted->weight) : nullptr;
        if (!resolved)
            return {};
        improved.weights[m_prepared.layers[static_cast<std::size_t>(layer)].name] = std::move(fitted->weight);
        m_quantized = FormView({std::move(resolved), {}, true, true});
        auto again = session(m_quantized, i, m_sessions[i].seen);
        if (!again)
            return fail(again);
        m_sessions[i].quantized = std::move(*again);
        return {};
    }

    /// From where the image is to in front of a segment.
    Result<SegmentState> advance(bool as_float, SegmentState state, int end) const {
        for (int i = m_kept; i < end; ++i) {
            const Both& both = m_sessions.at(i);
            auto next = (as_float ? both.as_float : both.quantized)
                            ->run(state, as_float ? m_float : m_quantized, segment(i), m_job.token());
            if (!next)
                return fail(next);
            state = std::move(*next);
        }
        return state;
    }

    /// What the tensor's readers in the segment get for one image.
    Result<Tensor> value_of(const FitImage& image, int i, TensorId tensor, bool as_float) const {
        auto state = advance(as_float, as_float ? image.as_float : image.as_quantized, i);
        if (!state)
            return fail(state);
        const Both& both = m_sessions.at(i);
        const FormView& view = as_float ? m_float : m_quantized;
        const auto place = std::find(both.seen.begin(), both.seen.end(), tensor);
        if (place != both.seen.end()) {
            std::vector<Tensor> seen;
            if (auto ran = (as_float ? both.as_float : both.quantized)
                               ->run(*state, view, segment(i), m_job.token(), &seen);
                !ran)
                return fail(ran);
            return std::move(seen[static_cast<std::size_t>(place - both.seen.begin())]);
        }
        Tensor value = state->alive.at(tensor);
        if (!view.has_pair(tensor) || !view.reads(tensor, segment(i)).after)
            return value;
        std::vector<float> values(value.floats().size());
        fake_quantize(value.floats(), values, value.shape, view.parameters(tensor));
        return make_tensor(value.shape, std::move(values));
    }

    /// Evenly spread, from a place that is another one for each image.
    [[nodiscard]] static std::vector<std::int64_t> chosen(std::int64_t positions, std::int64_t count,
                                                          std::size_t image) {
        count = std::min(count, positions);
        const double shift = std::fmod(0.5 + 0.6180339887498949 * static_cast<double>(image), 1.0);
        std::vector<std::int64_t> result;
        for (std::int64_t i = 0; i < count; ++i)
            result.push_back(
                static_cast<std::int64_t>((static_cast<double>(i) + shift) * static_cast<double>(positions) /
                                          static_cast<double>(count)));
        return result;
    }

    Status gather(int i, const WeightMatrix& matrix, LayerMoments& moments, LayerColumns& judging) {
        const std::int64_t height = matrix.groups() * matrix.columns();
        const std::int64_t judged = std::count_if(m_images->begin(), m_images->end(),
                                                  [](const FitImage& image) { return image.judged; });
        const std::int64_t each =
            columns_of_each(matrix, m_fit, static_cast<std::int64_t>(m_images->size()) - judged);
        const std::int64_t each_judged = judging_columns_of_each(matrix, judged);
        judging.count = judged * each_judged;
        judging.images = judged;
        judging.as_float.resize(static_cast<std::size_t>(height * judging.count));
        judging.as_quantized.resize(judging.as_float.size());
        const std::int64_t at_once =
            std::max<std::int64_t>(1, k_batch_bytes / (each * height * std::int64_t(2 * sizeof(float))));
        // In fixed portions, so that sums come out the same on any number of threads.
        std::int64_t judged_before = 0;
        for (std::size_t first = 0; first < m_images->size();) {
            std::vector<std::pair<std::size_t, std::int64_t>> portion;  // image, its place
            std::int64_t fit = 0;
            while (first < m_images->size() && fit < at_once) {
                const bool is_judged = (*m_images)[first].judged;
                portion.emplace_back(first++, is_judged ? judged_before++ : fit++);
            }
            LayerColumns columns;
            columns.count = fit * each;
            columns.as_float.resize(static_cast<std::size_t>(height * columns.count));
            columns.as_quantized.resize(columns.as_float.size());
            const auto one = [&](int task) -> Status {
                if (m_job.cancelled())
                    return JobContext::cancelled_error();
                const auto [index, place] = portion[static_cast<std::size_t>(task)];
                const FitImage& image = (*m_images)[index];
                const auto as_float = value_of(image, i, matrix.input(), true);
                if (!as_float)
                    return fail(as_float);
                const auto quantized = value_of(image, i, matrix.input(), false);
                if (!quantized)
                    return fail(quantized);
                LayerColumns& to = image.judged ? judging : columns;
                const std::int64_t width = image.judged ? each_judged : each;
                const auto positions = chosen(matrix.positions(), width, index);
                const auto stride = static_cast<std::size_t>(to.count);
                matrix.gather(as_float->floats(), positions, to.as_float.data() + place * width, stride);
                matrix.gather(quantized->floats(), positions, to.as_quantized.data() + place * width, stride);
                return {};
            };
            if (auto done =
                    for_each_parallel(static_cast<int>(portion.size()), worker_count(m_fit.threads), one);
                !done)
                return done;
            if (columns.count > 0)
                if (auto added = moments.add(columns, m_runtime); !added)
                    return added;
        }
        return {};
    }

    /// Keeps what is behind the segment, where there is memory for it.
    Status move_on(int i) {
        const bool last = i + 1 == static_cast<int>(m_segments.size());
        const std::int64_t bytes = 2 * segment(i).alive_bytes * static_cast<std::int64_t>(m_images->size());
        if (!last && bytes > m_options.memory_bytes)
            return {};
        const auto one = [&](int index) -> Status {
            FitImage& image = (*m_images)[static_cast<std::size_t>(index)];
            for (const bool as_float : {true, false}) {
                SegmentState& state = as_float ? image.as_float : image.as_quantized;
                auto next = advance(as_float, std::move(state), i + 1);
                if (!next)
                    return fail(next);
                state = std::move(*next);
            }
            return {};
        };
        if (auto done =
                for_each_parallel(static_cast<int>(m_images->size()), worker_count(m_fit.threads), one);
            !done)
            return done;
        m_kept = i + 1;
        m_sessions.clear();
        return {};
    }

    const std::shared_ptr<const Resolved> m_plain;
    const Prepared& m_prepared;
    const WalkOptions& m_options;
    const FitOptions& m_fit;
    const MatrixProducts& m_runtime;
    const JobContext& m_job;
    const std::vector<Segment> m_segments;
    const FormView m_float;
    FormView m_quantized;  ///< with what was found so far
    std::map<int, Both> m_sessions;
    std::vector<FitImage>* m_images = nullptr;
    int m_kept = 0;  ///< the segment that the images are in front of
};

}  // namespace

std::vector<double> walk_costs(const Resolved& resolved, const std::vector<FitImage>& images,
                               const FitOptions& fit) {
    // Measured on EfficientNet-Lite0.
    constexpr double runs = 11;  // both networks in front of a layer and on behind it, piece by piece
    constexpr double tries = 7;  // of rounding, each judged
    constexpr double matrix_speed = 0.6;  // products of matrices to a run's multiplications
    const auto count = static_cast<double>(images.size());
    const std::int64_t judged =
        std::count_if(images.begin(), images.end(), [](const FitImage& image) { return image.judged; });
    std::vector<double> costs;
    for (int layer = 0; layer < static_cast<int>(resolved.layers.size()); ++layer) {
        double cost = runs * count * static_cast<double>(resolved.prepared->layers[costs.size()].macs);
        if (const auto matrix = fitted(resolved, layer);
            matrix && fit.rounding && matrix->columns() <= k_most_matrix_columns) {
            const auto columns = static_cast<double>(matrix->columns());
            const auto rows = static_cast<double>(matrix->rows());
            const auto fit_columns =
                static_cast<double>(columns_of_each(*matrix, fit, std::ssize(images) - judged)) *
                (count - static_cast<double>(judged));
            const auto judging = static_cast<double>(judged * judging_columns_of_each(*matrix, judged));
            cost += static_cast<double>(matrix->groups()) * columns *
                    (columns * (2 * fit_columns + tries * rows + columns) + tries * rows * judging) /
                    matrix_speed;
        }
        costs.push_back(cost);
    }
    return costs;
}

Status fit_weights(std::shared_ptr<const Resolved> resolved, std::vector<FitImage>& images,
                   const WalkOptions& options, const MatrixProducts& runtime, const JobContext& job,
                   Improved& improved) {
    return Walk(std::move(resolved), options, runtime, job).run(images, improved);
}

}  // namespace quantwright
