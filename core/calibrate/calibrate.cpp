#include "core/calibrate/calibrate.h"

#include <algorithm>
#include <chrono>
#include <fstream>

#include "core/calibrate/image_queue.h"
#include "core/calibrate/observed_graph.h"
#include "core/calibrate/observed_session.h"
#include "core/calibrate/tensor_sums.h"
#include "core/runtime/session.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace quantwright {

namespace {

/// High-water mark of the resident memory: VmHWM of proc(5), in kB there; 0 where the system doesn't say.
std::int64_t peak_memory_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:"))
            return std::atoll(line.c_str() + 6) * 1024;
    return 0;
}

/// Preparing and making the session leave a model's size or two of freed memory with the allocator, now more,
/// now less: hand it back, or it adds to the peak.
void return_free_memory() {
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
}

class Calibrator {
public:
    Calibrator(const Prepared& prepared, const InputReader& reader, const CalibrateOptions& options,
               const JobContext& job)
        : m_prepared(prepared),
          m_reader(reader),
          m_options(options),
          m_job(job),
          m_graph(prepared.model->graph()) {}

    Result<Calibration> run() {
        const auto start = std::chrono::steady_clock::now();
        for (std::int64_t i = m_options.shard - 1; i < m_reader.size(); i += m_options.shards)
            m_runs.push_back(i);
        if (m_runs.empty())
            return fail(ErrorCode::images_none_left, source());
        if (auto made = make_session(); !made)
            return fail(made);
        return_free_memory();
        if (auto folded = fold_all(); !folded)
            return fail(folded);
        Calibration calibration;
        calibration.statistics = statistics();
        calibration.outputs = std::move(m_kept);
        calibration.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        calibration.peak_memory_bytes = peak_memory_bytes();
        return calibration;
    }

private:
    [[nodiscard]] const std::string& source() const { return m_reader.sources().front().list.source; }

    Status make_session() {
        m_tensors = observed_tensors(m_prepared);
        m_observations = std::make_shared<Observations>();
        for (const TensorId id : m_tensors) {
            m_observations->push_back(
                std::make_unique<Observation>(m_prepared.tensor_types[static_cast<std::size_t>(id)].shape));
            m_sums.emplace_back(*m_observations->back());
        }
        auto session =
            observed_session(m_prepared, m_tensors, m_observations, m_options.keep_outputs_bytes > 0,
                             faster_for(m_prepared, m_runs.size()));
        if (!session)
            return fail(session);
        m_session = std::move(*session);
        for (const std::string& name : m_session->input_names()) {
            const auto& sources = m_reader.sources();
            const auto found = std::find_if(sources.begin(), sources.end(),
                                            [&](const InputSource& source) { return source.input == name; });
            if (found == sources.end())
                return fail(ErrorCode::model_no_quantizable_input, name, "nothing is given for this input");
            m_source_of_input.push_back(static_cast<std::size_t>(found - sources.begin()));
        }
        return {};
    }

    /// What is known of one run.
    struct Observed {
        std::vector<ImageSummary> summaries;
        std::vector<Tensor> outputs;        ///< the model's own, where they are kept
        std::vector<std::int64_t> samples;  ///< of the reader; none: nothing was run
        std::vector<SkippedImage> skipped;
    };

    /// By a worker.
    Result<Observed> observe_run(std::int64_t run) const {
        const auto loaded = m_reader.load_batch(run);
        Observed observed;
        const auto some = usable(loaded, observed.skipped);
        if (!some)
            return fail(some);
        if (!*some)
            return observed;
        observed.samples = loaded->samples;
        const ObservedRows only(static_cast<std::int64_t>(loaded->samples.size()), loaded->rows);
        std::vector<Tensor> inputs;
        for (const std::size_t index : m_source_of_input)
            inputs.push_back(loaded->inputs[index]);
        const auto outputs = m_session->run(inputs, m_job.token());
        if (!outputs)
            return fail(outputs);
        for (std::size_t i = 0; i < m_tensors.size(); ++i)
            observed.summaries.push_back(unpack((*outputs)[i].as<double>()));
        if (m_options.keep_outputs_bytes > 0)
            observed.outputs.assign(outputs->begin() + std::ssize(m_tensors), outputs->end());
        return observed;
    }

    Status fold_all() {
        const auto total = static_cast<std::int64_t>(m_runs.size());
        ImageQueue<Observed> queue(total, m_options.threads, [this](std::int64_t i) {
            return observe_run(m_runs[static_cast<std::size_t>(i)]);
        });
        m_job.report(Stage::calibrate, 0, total);
        for (std::int64_t i = 0; i < total; ++i) {
            auto observed = queue.next();
            if (m_job.cancelled())
                return JobContext::cancelled_error();
            if (!observed)
                return fail(observed);
            if (auto folded = fold(*observed); !folded)
                return folded;
            keep_outputs(m_runs[static_cast<std::size_t>(i)], std::move(observed->outputs));
            m_job.report(Stage::calibrate, i + 1, total);
        }
        if (m_images == 0)
            return none_left(m_reader, m_skipped);
        return {};
    }

    void keep_outputs(std::int64_t run, std::vector<Tensor> outputs) {
        if (outputs.empty() || m_kept_bytes > m_options.keep_outputs_bytes)
            return;
        for (const Tensor& output : outputs)
            m_kept_bytes += static_cast<std::int64_t>(output.bytes.size());
        m_kept[run] = std::move(outputs);
        if (m_kept_bytes > m_options.keep_outputs_bytes)
            m_kept.clear();  // all or none
    }

    Status fold(const Observed& observed) {
        m_skipped.insert(m_skipped.end(), observed.skipped.begin(), observed.skipped.end());
        if (observed.samples.empty())
            return {};
        const std::string& image = m_reader.file(observed.samples.front()).relative;
        const auto& summaries = observed.summaries;
        for (std::size_t i = 0; i < summaries.size(); ++i) {
            const GraphTensor& tensor = m_graph[m_tensors[i]];
            const bool end = tensor.is_input || tensor.is_output;
            if (summaries[i].nan > 0 || (end && summaries[i].not_finite > 0))
                return fail(ErrorCode::activation_not_finite, tensor.name + " (" + image + ")");
        }
        for (std::size_t i = 0; i < summaries.size(); ++i)
            m_sums[i].add(summaries[i], image);
        m_images += static_cast<std::int64_t>(observed.samples.size());
        return {};
    }

    std::shared_ptr<const Statistics> statistics() {
        auto result = std::make_shared<Statistics>();
        result->model_sha256 = m_prepared.original->sha256();
        result->source = source();
        result->images = m_images;
        result->skipped = std::move(m_skipped);
        const auto& sources = m_reader.sources();
        if (sources.size() == 1)
            result->preprocess = to_json(sources.front().preprocess);
        else
            for (const InputSource& input : sources)
                result->preprocess[input.input] = to_json(input.preprocess);
        for (std::size_t i = 0; i < m_tensors.size(); ++i) {
            TensorStatistics tensor = m_sums[i].result(m_graph[m_tensors[i]].name);
            tensor.histogram = (*m_observations)[i]->take_histogram();
            result->tensors.push_back(std::move(tensor));
        }
        return result;
    }

    const Prepared& m_prepared;
    const InputReader& m_reader;
    const CalibrateOptions& m_options;
    const JobContext& m_job;
    const Graph& m_graph;
    std::vector<std::int64_t> m_runs;
    std::vector<TensorId> m_tensors;
    std::shared_ptr<Observations> m_observations;
    std::unique_ptr<Session> m_session;
    std::vector<std::size_t> m_source_of_input;
    std::vector<TensorSums> m_sums;  // by index of m_tensors
    std::vector<SkippedImage> m_skipped;
    std::int64_t m_images = 0, m_kept_bytes = 0;
    std::map<std::int64_t, std::vector<Tensor>> m_kept;  // by run
};

}  // namespace

Result<Calibration> calibrate(const Prepared& prepared, const InputReader& reader,
                              const CalibrateOptions& options, const JobContext& job) {
    try {
        return Calibrator(prepared, reader, options, job).run();
    } catch (const std::exception& e) {
        return fail(ErrorCode::runtime_failed, "calibration", e.what());
    }
}

}  // namespace quantwright
