#include "core/improve/layer_fit.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/parallel.h"
#include "core/number/kernels.h"

namespace quantwright {

namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Columns = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic>;
using View = Eigen::Map<const Matrix>;

/// Damping of the second moment where errors are spread, in mean diagonals (GPTQ's "percdamp").
constexpr float k_damping = 0.01f;
/// Weights of fewer bits get scales that clip the rare large ones.
constexpr int k_bits_worth_clipping = 7;

std::span<const float> part(const std::vector<float>& all, std::int64_t index, std::int64_t size) {
    return std::span(all).subspan(static_cast<std::size_t>(index * size), static_cast<std::size_t>(size));
}

}  // namespace

LayerMoments::LayerMoments(const WeightMatrix& matrix, bool products)
    : m_groups(matrix.groups()),
      m_columns(matrix.columns()),
      m_products(products),
      m_float_sum(static_cast<std::size_t>(m_groups * m_columns)),
      m_quantized_sum(m_float_sum.size()) {
    if (!products)
        return;
    m_square.resize(static_cast<std::size_t>(m_groups * m_columns * m_columns));
    m_cross.resize(m_square.size());
}

Status LayerMoments::add(const LayerColumns& columns, const MatrixProducts& runtime) {
    const std::int64_t count = columns.count;
    m_count += count;
    for (std::size_t row = 0; row < m_float_sum.size(); ++row) {
        const auto at = [&](const std::vector<float>& values) {
            const auto one = part(values, static_cast<std::int64_t>(row), count);
            return std::accumulate(one.begin(), one.end(), 0.0);
        };
        m_float_sum[row] += at(columns.as_float);
        m_quantized_sum[row] += at(columns.as_quantized);
    }
    if (!m_products)
        return {};
    std::vector<float> difference(columns.as_float.size());
    std::transform(columns.as_float.begin(), columns.as_float.end(), columns.as_quantized.begin(),
                   difference.begin(), std::minus<>());
    const std::int64_t size = m_columns * count, square = m_columns * m_columns;
    for (std::int64_t group = 0; group < m_groups; ++group) {
        const auto quantized = part(columns.as_quantized, group, size);
        const auto lost = part(difference, group, size);
        for (const auto& [to, left] : {std::pair(&m_square, quantized), std::pair(&m_cross, lost)}) {
            Eigen::Map<Matrix> sum(to->data() + group * square, m_columns, m_columns);
            constexpr std::int64_t small = 32;  // a call of the runtime costs more
            if (m_columns <= small) {
                sum.noalias() += View(left.data(), m_columns, count) *
                                 View(quantized.data(), m_columns, count).transpose();
                continue;
            }
            const auto product = runtime.times_transposed(left, quantized, count);
            if (!product)
                return fail(product);
            sum += View(product->floats().data(), m_columns, m_columns);
        }
    }
    return {};
}

class LayerFit {
public:
    LayerFit(const Resolved& resolved, int layer, const WeightMatrix& matrix, const LayerMoments& moments,
             const LayerColumns& judge, const FitOptions& options, const MatrixProducts& runtime,
             const CancelToken& cancel)
        : m_resolved(resolved),
          m_layer(resolved.prepared->layers[static_cast<std::size_t>(layer)]),
          m_choices(resolved.layers[static_cast<std::size_t>(layer)]),
          m_matrix(matrix),
          m_moments(moments),
          m_judge(judge),
          m_options(options),
          m_runtime(runtime),
          m_cancel(cancel),
          m_weight(resolved.prepared->model->weight(m_layer.weight)),
          m_plain(m_choices.weight->parameters),
          m_parameters(m_plain) {
        if (!m_layer.bias.empty())
            if (const Tensor bias = resolved.prepared->model->weight(m_layer.bias);
                bias.type == ElementType::float32 && bias.shape == Shape{m_matrix.groups() * m_matrix.rows()})
                m_bias.assign(bias.floats().begin(), bias.floats().end());
    }

    Result<FitResult> run() {
        find_entries();
        const bool rounds = m_options.rounding && m_moments.m_products;
        Candidate plain;
        plain.codes = quantize(m_weight.floats(), m_weight.shape, m_plain);
        plain.bias = m_bias;
        m_candidates.push_back(std::move(plain));
        if (!m_bias.empty()) {
            Candidate refitted = m_candidates.front();
            refit_bias(refitted, m_plain);
            m_candidates.push_back(std::move(refitted));
        }
        const std::size_t first_rounded = m_candidates.size();
        if (rounds) {
            m_candidates.resize(first_rounded + m_options.ridges.size() + 1);
            for (std::size_t i = first_rounded; i < m_candidates.size(); ++i)
                m_candidates[i].codes.resize(m_weight.floats().size());
            if (auto rounded = round_all(first_rounded); !rounded)
                return fail(rounded);
        }
        if (auto judged = judge(); !judged)
            return fail(judged);
        return choose();
    }

private:
    struct Candidate {
        std::vector<std::int32_t> codes;
        std::vector<float> bias;
        bool own_parameters = false;      ///< m_parameters, not m_plain
        std::vector<double> errors = {};  ///< by judging image
    };

    /// Which scale an element of the weight has.
    void find_entries() {
        m_inner = 1;
        for (std::size_t axis = static_cast<std::size_t>(m_plain.axis) + 1;
             m_plain.axis >= 0 && axis < m_weight.shape.size(); ++axis)
            m_inner *= static_cast<std::size_t>(m_weight.shape[axis]);
    }

    [[nodiscard]] std::size_t entry(std::size_t place) const {
        if (m_plain.axis < 0)
            return 0;
        const auto channels =
            static_cast<std::size_t>(m_weight.shape[static_cast<std::size_t>(m_plain.axis)]);
        const std::size_t channel = place / m_inner % channels;
        if (!m_plain.blocked())
            return channel;
        const auto size = static_cast<std::size_t>(m_plain.block_size);
        const std::size_t blocks = (channels + size - 1) / size;
        return (place / (m_inner * channels) * blocks + channel / size) * m_inner + place % m_inner;
    }

    [[nodiscard]] static std::int32_t round(float x, const Parameters& parameters, std::size_t entry) {
        return quantize_one(x, {parameters.scale[entry], parameters.zero_point[entry]}, parameters.qmin,
                            parameters.qmax, parameters.rounding);
    }

    [[nodiscard]] Matrix values(std::int64_t group) const {
        Matrix result(m_matrix.rows(), m_matrix.columns());
        for (std::int64_t row = 0; row < m_matrix.rows(); ++row)
            for (std::int64_t column = 0; column < m_matrix.columns(); ++column)
                result(row, column) = m_weight.floats()[m_matrix.place(group, row, column)];
        return result;
    }

    [[nodiscard]] Matrix values(const Candidate& candidate, std::int64_t group) const {
        const Parameters& parameters = candidate.own_parameters ? m_parameters : m_plain;
        Matrix result(m_matrix.rows(), m_matrix.columns());
        for (std::int64_t row = 0; row < m_matrix.rows(); ++row)
            for (std::int64_t column = 0; column < m_matrix.columns(); ++column) {
                const std::size_t place = m_matrix.place(group, row, column), e = entry(place);
                result(row, column) = static_cast<float>(candidate.codes[place] - parameters.zero_point[e]) *
                                      parameters.scale[e];
            }
        return result;
    }

    /// Mean of x_q x_q', and of (x_f - x_q) x_q', of one group; about the means where a bias takes those up.
    [[nodiscard]] Matrix moment(const std::vector<float>& sums, std::int64_t group, bool square) const {
        const std::int64_t size = m_matrix.columns();
        const double count = static_cast<double>(m_moments.m_count);
        Matrix result = View(sums.data() + group * size * size, size, size) / static_cast<float>(count);
        if (m_bias.empty())
            return result;
        Eigen::VectorXf left(size), right(size);
        for (std::int64_t k = 0; k < size; ++k) {
            const auto at = static_cast<std::size_t>(group * size + k);
            const double quantized = m_moments.m_quantized_sum[at] / count;
            right(k) = static_cast<float>(quantized);
            left(k) = square ? right(k) : static_cast<float>(m_moments.m_float_sum[at] / count - quantized);
        }
        result.noalias() -= left * right.transpose();
        return result;
    }

    /// Scales that make the rounding error, weighted by what is multiplied, as small as clipping can. Scales
    /// that several channels share stay, and powers of two.
    void clip_scales() {
        if (m_plain.format->bits > k_bits_worth_clipping || m_choices.weight->scheme.power_of_two ||
            (m_layer.op.starts_with("Conv") && !m_plain.per_channel()))
            return;
        std::vector<float> importance(static_cast<std::size_t>(m_matrix.groups() * m_matrix.columns()));
        const std::int64_t size = m_matrix.columns();
        for (std::int64_t group = 0; group < m_matrix.groups(); ++group)
            for (std::int64_t k = 0; k < size; ++k)
                importance[static_cast<std::size_t>(group * size + k)] =
                    m_moments.m_square[static_cast<std::size_t>((group * size + k) * size + k)];
        constexpr int steps = 12;
        std::vector<double> best(m_plain.scale.size(), std::numeric_limits<double>::infinity());
        for (int step = 0; step < steps; ++step) {
            Parameters tried = m_plain;
            for (float& scale : tried.scale)
                scale *= 1 - 0.04f * static_cast<float>(step);
            std::vector<double> errors(best.size());
            for (std::int64_t group = 0; group < m_matrix.groups(); ++group)
                for (std::int64_t row = 0; row < m_matrix.rows(); ++row)
                    for (std::int64_t column = 0; column < size; ++column) {
                        const std::size_t place = m_matrix.place(group, row, column), e = entry(place);
                        const float value = m_weight.floats()[place];
                        const double error =
                            value -
                            static_cast<float>(round(value, tried, e) - tried.zero_point[e]) * tried.scale[e];
                        errors[e] +=
                            error * error * importance[static_cast<std::size_t>(group * size + column)];
                    }
            for (std::size_t e = 0; e < best.size(); ++e)
                if (errors[e] < best[e]) {
                    best[e] = errors[e];
                    m_parameters.scale[e] = tried.scale[e];
                }
        }
    }

    /// Candidates from `first`: one without refitting, then one per ridge.
    Status round_all(std::size_t first) {
        clip_scales();
        for (std::size_t i = first; i < m_candidates.size(); ++i)
            m_candidates[i].own_parameters = true;
        for (std::int64_t group = 0; group < m_matrix.groups(); ++group)
            if (auto rounded = round_group(first, group); !rounded)
                return rounded;
        for (std::size_t i = first; i < m_candidates.size(); ++i) {
            m_candidates[i].bias = m_bias;
            if (!m_bias.empty())
                refit_bias(m_candidates[i], m_parameters);
        }
        return {};
    }

    Status round_group(std::size_t first, std::int64_t group) {
        const Matrix weights = values(group);
        const Matrix square = moment(m_moments.m_square, group, true);
        const float mean = square.trace() / static_cast<float>(square.rows());
        const auto finish = [&](Candidate& candidate, const Matrix& target, const Spread& spread) {
            round_spreading(candidate, target, spread, group);
        };
        if (!(mean > 0) || !std::isfinite(mean)) {  // nothing is ever multiplied
            for (std::size_t i = first; i < m_candidates.size(); ++i)
                for (std::int64_t row = 0; row < m_matrix.rows(); ++row)
                    for (std::int64_t column = 0; column < m_matrix.columns(); ++column) {
                        const std::size_t place = m_matrix.place(group, row, column);
                        m_candidates[i].codes[place] =
                            round(weights(row, column), m_parameters, entry(place));
                    }
            return {};
        }
        const Spread spread = make_spread(square, mean);
        const Matrix cross = weights * moment(m_moments.m_cross, group, false);
        return for_each_parallel(
            static_cast<int>(m_candidates.size() - first),
            m_matrix.groups() > 1 ? 1 : worker_count(m_options.threads), [&](int i) -> Status {
                if (m_cancel.cancelled())
                    return JobContext::cancelled_error();
                Candidate& candidate = m_candidates[first + static_cast<std::size_t>(i)];
                if (i == 0) {
                    finish(candidate, weights, spread);
                    return {};
                }
                Columns ridged = square;
                ridged.diagonal().array() += m_options.ridges[static_cast<std::size_t>(i - 1)] * mean;
                const Eigen::LLT<Eigen::Ref<Columns>> factor(ridged);
                if (factor.info() != Eigen::Success) {
                    finish(candidate, weights, spread);
                    return {};
                }
                const Columns change = factor.solve(Columns(cross.transpose()));
                finish(candidate, weights + change.transpose(), spread);
                return {};
            });
    }

    /// The order of rounding, and the factor that says how an error is made up for by the columns behind.
    struct Spread {
        std::vector<Eigen::Index> order;  ///< rounded from the last to the first
        Columns factor;                   ///< upper R with R'R the damped second moment in that order
    };

    /// Errors of the strongest inputs are spread first, while there are many to spread them to.
    static Spread make_spread(const Matrix& square, float mean) {
        Spread spread;
        spread.order.resize(static_cast<std::size_t>(square.rows()));
        std::iota(spread.order.begin(), spread.order.end(), 0);
        std::stable_sort(spread.order.begin(), spread.order.end(),
                         [&](auto a, auto b) { return square(a, a) < square(b, b); });
        for (float damping = k_damping; damping < 100; damping *= 10) {
            spread.factor.resize(square.rows(), square.rows());
            for (Eigen::Index i = 0; i < square.rows(); ++i)
                for (Eigen::Index j = 0; j < square.rows(); ++j)
                    spread.factor(i, j) = square(spread.order[static_cast<std::size_t>(i)],
                                                 spread.order[static_cast<std::size_t>(j)]);
            spread.factor.diagonal().array() += damping * mean;
            const Eigen::LLT<Eigen::Ref<Columns>, Eigen::Upper> factor(spread.factor);
            if (factor.info() == Eigen::Success)
                return spread;
        }
        spread.factor = Columns::Identity(square.rows(), square.rows());
        return spread;
    }

    /// Rounds column after column; what each lost is made up for in those not yet rounded. The nearest plane
    /// of Babai, which is what GPTQ computes: for column j the best value, given the errors e of those
    /// behind it, is w_j + (sum over i > j of R_ji e_i) / R_jj.
    void round_spreading(Candidate& candidate, const Matrix& target, const Spread& spread,
                         std::int64_t group) const {
        const Eigen::Index size = target.cols(), count = target.rows();
        constexpr Eigen::Index block = 48;
        Columns errors(count, size);  // in rounding order
        Columns corrected(count, block);
        for (Eigen::Index end = size; end > 0; end -= std::min(block, end)) {
            const Eigen::Index begin = std::max<Eigen::Index>(0, end - block), width = end - begin;
            corrected.leftCols(width).setZero();
            if (end < size)
                corrected.leftCols(width).noalias() =
                    errors.rightCols(size - end) *
                    spread.factor.block(begin, end, width, size - end).transpose();
            for (Eigen::Index j = end - 1; j >= begin; --j) {
                const Eigen::Index column = spread.order[static_cast<std::size_t>(j)];
                auto correction = corrected.col(j - begin);
                for (Eigen::Index i = j + 1; i < end; ++i)
                    correction += spread.factor(j, i) * errors.col(i);
                correction /= spread.factor(j, j);
                for (Eigen::Index row = 0; row < count; ++row) {
                    const std::size_t place = m_matrix.place(group, row, column), e = entry(place);
                    const std::int32_t code = round(target(row, column) + correction(row), m_parameters, e);
                    candidate.codes[place] = code;
                    errors(row, j) =
                        target(row, column) -
                        static_cast<float>(code - m_parameters.zero_point[e]) * m_parameters.scale[e];
                }
            }
        }
    }

    /// b + W mean(x_f) - W' mean(x_q), for channels whose bias can hold it.
    void refit_bias(Candidate& candidate, const Parameters& parameters) const {
        const double count = static_cast<double>(std::max<std::int64_t>(m_moments.m_count, 1));
        for (std::int64_t group = 0; group < m_matrix.groups(); ++group)
            for (std::int64_t row = 0; row < m_matrix.rows(); ++row) {
                const auto channel = static_cast<std::size_t>(group * m_matrix.rows() + row);
                double bias = m_bias[channel];
                for (std::int64_t column = 0; column < m_matrix.columns(); ++column) {
                    const std::size_t place = m_matrix.place(group, row, column), e = entry(place);
                    const auto at = static_cast<std::size_t>(group * m_matrix.columns() + column);
                    const float code = static_cast<float>(candidate.codes[place] - parameters.zero_point[e]);
                    bias += m_weight.floats()[place] * (m_moments.m_float_sum[at] / count) -
                            double(code * parameters.scale[e]) * (m_moments.m_quantized_sum[at] / count);
                }
                if (bias_fits(bias, parameters, m_matrix.place(group, row, 0)))
                    candidate.bias[channel] = static_cast<float>(bias);
            }
    }

    [[nodiscard]] bool bias_fits(double bias, const Parameters& weight, std::size_t place) const {
        const auto& input = m_resolved.tensors[static_cast<std::size_t>(m_matrix.input())];
        if (!m_choices.integers() || !input || weight.blocked())
            return std::isfinite(bias);
        constexpr double limit =
            1 << 29;  // half of what weights.cpp allows: ranges may still change a little
        return std::abs(bias) <= limit * input->parameters.scale.front() * weight.scale[entry(place)];
    }

    Status judge() {
        const std::int64_t count = m_judge.count, size = m_matrix.columns() * count;
        const std::int64_t each = count / std::max<std::int64_t>(m_judge.images, 1);
        for (Candidate& candidate : m_candidates)
            candidate.errors.assign(static_cast<std::size_t>(m_judge.images), 0);
        for (std::int64_t group = 0; group < m_matrix.groups(); ++group) {
            if (m_cancel.cancelled())
                return JobContext::cancelled_error();
            const auto wanted = output(values(group), part(m_judge.as_float, group, size), count);
            if (!wanted)
                return fail(wanted);
            for (Candidate& candidate : m_candidates) {
                auto given = output(values(candidate, group), part(m_judge.as_quantized, group, size), count);
                if (!given)
                    return fail(given);
                *given -= *wanted;
                for (std::int64_t row = 0; row < m_matrix.rows() && !m_bias.empty(); ++row) {
                    const auto channel = static_cast<std::size_t>(group * m_matrix.rows() + row);
                    given->row(row).array() += candidate.bias[channel] - m_bias[channel];
                }
                for (std::int64_t image = 0; image < m_judge.images; ++image)
                    candidate.errors[static_cast<std::size_t>(image)] +=
                        given->middleCols(image * each, each).cast<double>().squaredNorm();
            }
        }
        return {};
    }

    [[nodiscard]] Result<Matrix> output(const Matrix& weights, std::span<const float> columns,
                                        std::int64_t count) const {
        const View right(columns.data(), m_matrix.columns(), count);
        if (m_matrix.groups() > 1 || m_matrix.columns() <= 32)
            return Matrix(weights * right);
        const auto product = m_runtime.times({weights.data(), static_cast<std::size_t>(weights.size())},
                                             columns, m_matrix.columns());
        if (!product)
            return fail(product);
        return Matrix(View(product->floats().data(), weights.rows(), count));
    }

    /// The mildest candidate that is as good as the best one, as far as the judging images can tell: its
    /// error is within one standard error of the difference. What is fitted closely to few images shows there
    /// last.
    [[nodiscard]] std::size_t mildest() const {
        const auto total = [](const Candidate& one) {
            return std::accumulate(one.errors.begin(), one.errors.end(), 0.0);
        };
        const auto best = std::min_element(m_candidates.begin(), m_candidates.end(),
                                           [&](const auto& a, const auto& b) { return total(a) < total(b); });
        const double count = static_cast<double>(best->errors.size());
        for (std::size_t i = 0; i < m_candidates.size(); ++i) {
            const double difference = total(m_candidates[i]) - total(*best);
            double squares = 0;
            for (std::size_t image = 0; image < best->errors.size(); ++image) {
                const double one = m_candidates[i].errors[image] - best->errors[image] - difference / count;
                squares += one * one;
            }
            const double standard_error = std::sqrt(squares * count / std::max(count - 1, 1.0));
            if (difference <= standard_error)
                return i;
        }
        return static_cast<std::size_t>(best - m_candidates.begin());
    }

    Result<FitResult> choose() const {
        const auto total = [](const Candidate& candidate) {
            return std::accumulate(candidate.errors.begin(), candidate.errors.end(), 0.0);
        };
        const auto best = m_candidates.begin() + static_cast<std::ptrdiff_t>(mildest());
        FitResult result{nullptr, total(m_candidates.front()), total(*best)};
        if (best == m_candidates.begin())
            return result;
        auto weight = std::make_shared<ImprovedWeight>();
        weight->plain = m_plain;
        weight->parameters = best->own_parameters ? m_parameters : m_plain;
        weight->codes = best->codes;
        weight->bias = best->bias;
        result.weight = std::move(weight);
        return result;
    }

    const Resolved& m_resolved;
    const Layer& m_layer;
    const ResolvedLayer& m_choices;
    const WeightMatrix& m_matrix;
    const LayerMoments& m_moments;
    const LayerColumns& m_judge;
    const FitOptions& m_options;
    const MatrixProducts& m_runtime;
    const CancelToken& m_cancel;
    const Tensor m_weight;
    const Parameters m_plain;
    Parameters m_parameters;  ///< of rounded candidates
    std::vector<float> m_bias;
    std::size_t m_inner = 1;
    std::vector<Candidate> m_candidates;
};

Result<FitResult> fit_layer(const Resolved& resolved, int layer, const WeightMatrix& matrix,
                            const LayerMoments& moments, const LayerColumns& judge, const FitOptions& options,
                            const MatrixProducts& runtime, const CancelToken& cancel) {
    return LayerFit(resolved, layer, matrix, moments, judge, options, runtime, cancel).run();
}

}  // namespace quantwright
