#include "core/improve/improve.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <mutex>

#include "core/analyze/probes.h"
#include "core/base/parallel.h"
#include "core/improve/weight_walk.h"
#include "core/number/metrics.h"
#include "core/simulate/simulation.h"

namespace quantwright {

namespace {

constexpr std::int64_t k_most_images = 128;
/// Less of a gain may be the judging images' own.
constexpr double k_least_gain_db = 0.1;
/// Every so many images one is for judging.
constexpr std::int64_t k_judged_every = 4;
/// Threshold methods that ranges are tried by.
constexpr const char* k_methods[] = {"mse", "percentile"};

/// Of the images to judge by at the outputs; of those to fit on at the scores behind them (m_fitted_on).
struct Errors {
    ErrorSums fit, judged;
};

/// How far all of it is, by what its parts are expected to cost. Safe from any thread.
class Pace {
public:
    explicit Pace(const JobContext& job) : m_job(job) {}
    /// Before the first step.
    void expect(double cost) { m_total += cost; }
    void advance(double cost) {
        const std::lock_guard lock(m_mutex);
        constexpr double parts = 10'000;
        m_done = std::min(m_done + cost, m_total);
        m_job.report(Stage::improve, static_cast<std::int64_t>(parts * m_done / m_total),
                     static_cast<std::int64_t>(parts));
    }

private:
    const JobContext& m_job;
    std::mutex m_mutex;
    double m_total = 0, m_done = 0;
};

/// The steps of a level, one after the other: what helps where it was not made is kept.
class Steps {
public:
    Steps(std::shared_ptr<const Resolved> plain, std::vector<FitImage> images, const ImproveOptions& options,
          const JobContext& job)
        : m_plain(plain),
          m_now(std::move(plain)),
          m_images(std::move(images)),
          m_options(options),
          m_job(job),
          m_pace(job) {}

    Result<std::shared_ptr<const Improved>> run() {
        auto runtime = MatrixProducts::create(m_options.threads);
        if (!runtime)
            return fail(runtime);
        m_improved.model_sha256 = m_now->prepared->original->sha256();
        m_improved.level = name_of(m_options.level);
        for (const FitImage& image : m_images)
            ++(image.judged ? m_improved.images_judged : m_improved.images_fit);
        FitOptions fit;
        fit.threads = m_options.threads;
        fit.rounding = m_options.level == ImproveLevel::best;
        estimate(fit);
        find_scores();
        m_references.resize(m_images.size());
        const auto ran = run_all(m_now, true, [&](std::size_t i, std::vector<Tensor> outputs) {
            m_references[i] = std::move(outputs);
        });
        if (!ran)
            return fail(ran);
        auto errors = errors_of(m_now);
        if (!errors)
            return fail(errors);
        m_errors = *errors;
        if (auto chosen = choose_ranges(); !chosen)
            return fail(chosen);
        if (auto fitted = improve_weights(fit, **runtime); !fitted)
            return fail(fitted);
        m_improved.complete = true;
        return std::make_shared<const Improved>(std::move(m_improved));
    }

private:
    void estimate(const FitOptions& fit) {
        for (const Layer& layer : m_now->prepared->layers)
            m_run_cost += static_cast<double>(layer.macs);
        m_run_cost = std::max(1.0, m_run_cost);
        m_layer_costs = walk_costs(*m_now, m_images, fit);
        const std::size_t methods = m_now->statistics ? std::size(k_methods) : 0;
        // As float, plain, by each method, with the weights.
        m_pace.expect(static_cast<double>(3 + methods) * m_run_cost * static_cast<double>(m_images.size()));
        for (const double cost : m_layer_costs)
            m_pace.expect(cost);
    }

    /// Outputs that are probabilities say little but which class won: a fit goes by what they are made of.
    void find_scores() {
        const Model& model = *m_now->prepared->model;
        const Graph& graph = model.graph();
        for (std::size_t o = 0; o < model.outputs().size(); ++o) {
            m_fitted_on.push_back(o);
            const auto id = graph.find_tensor(model.outputs()[o].name);
            if (!id || !graph[*id].producer)
                continue;
            const GraphNode& node = graph[*graph[*id].producer];
            const std::string& op = node.proto->op_type();
            if ((op != "Softmax" && op != "LogSoftmax" && op != "Sigmoid") || !node.inputs.front() ||
                graph[*node.inputs.front()].is_output || !graph[*node.inputs.front()].producer)
                continue;
            m_fitted_on.back() = model.outputs().size() + m_scores.size();
            m_scores.push_back(graph[*node.inputs.front()].name);
        }
    }

    /// `take` gets each image's outputs with the scores behind them, several images at once.
    template <class Take>
    Status run_all(const std::shared_ptr<const Resolved>& resolved, bool as_float, const Take& take) const {
        SimulationOptions how;
        how.threads = 1;
        how.extra_outputs = m_scores;
        if (as_float)
            how.only_layers.emplace();
        const auto simulation = Simulation::create(resolved, how);
        if (!simulation)
            return fail(simulation);
        return for_each_parallel(
            static_cast<int>(m_images.size()), worker_count(m_options.threads), [&](int i) -> Status {
                const auto index = static_cast<std::size_t>(i);
                auto outputs = (*simulation)->run(m_images[index].batch.inputs, m_job.token());
                if (!outputs)
                    return fail(outputs);
                take(index, std::move(*outputs));
                m_pace.advance(m_run_cost);
                return {};
            });
    }

    Result<Errors> errors_of(const std::shared_ptr<const Resolved>& resolved) const {
        std::vector<ErrorSums> each(m_images.size());
        const auto ran = run_all(resolved, false, [&](std::size_t i, std::vector<Tensor> outputs) {
            for (std::size_t o = 0; o < m_fitted_on.size(); ++o) {
                const std::size_t at = m_images[i].judged ? o : m_fitted_on[o];
                if (m_references[i][at].type == ElementType::float32)
                    each[i].add(m_references[i][at].floats(), outputs[at].floats());
            }
        });
        if (!ran)
            return fail(ran);
        Errors errors;
        for (std::size_t i = 0; i < each.size(); ++i)
            (m_images[i].judged ? errors.judged : errors.fit).add(each[i]);
        return errors;
    }

    /// One threshold method for every tensor whose own nobody chose: each is as good as the images say.
    Status choose_ranges() {
        ImprovementStep step = begin("ranges");
        if (!m_now->statistics)
            return {};
        std::shared_ptr<const Resolved> best;
        Errors least = m_errors;
        std::map<std::string, ImprovedRange> ranges;
        for (const char* method : k_methods) {
            Plan plan = m_now->plan;
            plan.defaults.set(Field::threshold_method, method);
            auto other = resolve(m_now->prepared, m_now->statistics, plan, m_job);
            if (!other)
                return fail(other);
            Improved tried = m_improved;
            for (const auto& tensor : (*other)->tensors)
                if (tensor && tensor->origin < Origin::improved && tensor->scale_owner == tensor->tensor)
                    if (const auto& plain = m_plain->tensors[static_cast<std::size_t>(tensor->tensor)])
                        tried.ranges[m_now->prepared->model->graph()[tensor->tensor].name] = {plain->searched,
                                                                                              tensor->range};
            auto resolved = with(tried);
            if (!resolved)
                return fail(resolved);
            auto errors = errors_of(*resolved);
            if (!errors)
                return fail(errors);
            if (errors->fit.mean_squared_error() < least.fit.mean_squared_error()) {
                least = *errors;
                best = std::move(*resolved);
                ranges = std::move(tried.ranges);
            }
        }
        if (!best)
            return {};
        step.changed = static_cast<int>(ranges.size());
        if (finish(std::move(step), least)) {
            m_improved.ranges = std::move(ranges);
            m_now = std::move(best);
        }
        tell();
        return {};
    }

    Status improve_weights(const FitOptions& fit, const MatrixProducts& runtime) {
        ImprovementStep step = begin(fit.rounding ? "rounding" : "bias");
        Improved tried = m_improved;
        WalkOptions how{fit, m_options.memory_bytes, [this](int layer) {
                            m_pace.advance(m_layer_costs[static_cast<std::size_t>(layer)]);
                        }};
        if (auto walked = quantwright::fit_weights(m_now, m_images, how, runtime, m_job, tried); !walked)
            return walked;
        if (tried.weights.empty())
            return {};
        auto resolved = with(tried);
        if (!resolved)
            return fail(resolved);
        auto errors = errors_of(*resolved);
        if (!errors)
            return fail(errors);
        step.changed = static_cast<int>(tried.weights.size());
        if (finish(std::move(step), *errors)) {
            m_improved.weights = std::move(tried.weights);
            m_now = std::move(*resolved);
        }
        tell();
        return {};
    }

    Result<std::shared_ptr<const Resolved>> with(const Improved& improved) const {
        return resolve(m_now->prepared, m_now->statistics, m_now->plan, m_job,
                       std::make_shared<Improved>(improved));
    }

    ImprovementStep begin(std::string name) {
        m_begin = std::chrono::steady_clock::now();
        ImprovementStep step;
        step.name = std::move(name);
        step.before_db = m_errors.judged.snr_db();
        return step;
    }

    /// True where the judged images say that it helps, and not by a hair.
    bool finish(ImprovementStep step, const Errors& errors) {
        step.after_db = errors.judged.snr_db();
        step.kept = errors.judged.mean_squared_error() <
                    m_errors.judged.mean_squared_error() * std::pow(10, -k_least_gain_db / 10);
        step.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_begin).count();
        if (step.kept)
            m_errors = errors;
        m_improved.steps.push_back(step);
        return step.kept;
    }

    void tell() const {
        if (m_options.step)
            m_options.step(std::make_shared<const Improved>(m_improved));
    }

    const std::shared_ptr<const Resolved> m_plain;
    std::shared_ptr<const Resolved> m_now;
    std::vector<FitImage> m_images;
    const ImproveOptions& m_options;
    const JobContext& m_job;
    mutable Pace m_pace;
    double m_run_cost = 0;                 ///< of one image through the network
    std::vector<double> m_layer_costs;     ///< of the walk
    std::vector<std::string> m_scores;     ///< tensors to give besides the outputs
    std::vector<std::size_t> m_fitted_on;  ///< by output: itself, or one of m_scores behind the outputs
    std::vector<std::vector<Tensor>> m_references;
    Errors m_errors;
    Improved m_improved;
    std::chrono::steady_clock::time_point m_begin;
};

/// As many images as whose outputs can be kept, but some.
std::int64_t affordable(const Prepared& prepared, const ImproveOptions& options) {
    constexpr std::int64_t fewest = 16;
    std::int64_t bytes = 1;
    for (const ValueInfo& output : prepared.model->outputs())
        if (const auto id = prepared.model->graph().find_tensor(output.name))
            bytes += 2 * std::int64_t(sizeof(float)) *
                     element_count(prepared.tensor_types[static_cast<std::size_t>(*id)].shape);
    return std::max(fewest, options.memory_bytes / bytes);
}

}  // namespace

std::string_view name_of(ImproveLevel level) {
    constexpr std::string_view names[] = {"none", "fast", "best"};
    return names[static_cast<std::size_t>(level)];
}

std::optional<ImproveLevel> find_improve_level(std::string_view name) {
    for (const ImproveLevel level : {ImproveLevel::none, ImproveLevel::fast, ImproveLevel::best})
        if (name_of(level) == name)
            return level;
    return std::nullopt;
}

Problem few_images(const InputReader& reader) {
    return {"improve.few_images",
            Severity::warning,
            {},
            {std::to_string(reader.size()), std::to_string(k_fewest_improve_runs)}};
}

Result<std::shared_ptr<const Improved>> improve(const std::shared_ptr<const Resolved>& given,
                                                const InputReader& reader, const ImproveOptions& options,
                                                const JobContext& job) {
    const std::string subject = given->prepared->original->path().string();
    return guarded(subject, [&]() -> Result<std::shared_ptr<const Improved>> {
        const auto plain = given->improved ? resolve(given->prepared, given->statistics, given->plan, job)
                                           : Result<std::shared_ptr<const Resolved>>(given);
        if (!plain)
            return fail(plain);
        const std::int64_t most = options.images > 0 ? options.images : k_most_images;
        const std::int64_t count = std::min({most, reader.size(), affordable(*given->prepared, options)});
        if (count < k_fewest_improve_runs || options.level == ImproveLevel::none) {
            Improved nothing;
            nothing.model_sha256 = given->prepared->original->sha256();
            nothing.level = name_of(options.level);
            return std::make_shared<const Improved>(std::move(nothing));
        }
        std::vector<std::int64_t> runs;
        for (std::int64_t i = 0; i < count; ++i)
            runs.push_back(i * reader.size() / count);
        auto batches = load_batches(reader, runs, options.threads, job);
        if (!batches)
            return fail(batches);
        std::vector<FitImage> images;
        for (Batch& batch : *batches) {
            const bool judged =
                static_cast<std::int64_t>(images.size()) % k_judged_every == k_judged_every - 1;
            images.push_back({std::move(batch), judged, {}, {}});
        }
        return Steps(*plain, std::move(images), options, job).run();
    });
}

}  // namespace quantwright
