#include "core/board/deploy.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>

#include "core/base/scratch_folder.h"
#include "core/board/board_accuracy.h"
#include "core/board/board_layers.h"
#include "core/board/clean_text.h"
#include "core/board/one_file.h"
#include "core/board/operator_probe.h"
#include "core/board/profile_layers.h"
#include "core/board/sample_file.h"
#include "core/board/upload.h"
#include "core/evaluate/exact_integers.h"

namespace quantwright {

namespace {

/// Of models and samples that stay on the board for the next time.
constexpr std::uint64_t k_keep_bytes = std::uint64_t(2) << 30;

/// Nearest rank, as evaluate() does.
Latency latency_of(std::vector<double> ms) {
    if (ms.empty())
        return {};
    std::sort(ms.begin(), ms.end());
    const auto at = [&](double share) {
        const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(ms.size())));
        return ms[std::clamp<std::size_t>(rank, 1, ms.size()) - 1];
    };
    return {at(.5), at(.9), at(.99), ms.front()};
}

class Deployment {
public:
    Deployment(Connection& connection, const DeployRequest& request, const DeployOptions& options,
               const JobContext& job)
        : m_connection(connection), m_request(request), m_options(options), m_job(job) {}

    Result<BoardResult> run() {
        for (const auto step :
             {&Deployment::open_judge, &Deployment::check, &Deployment::send, &Deployment::measure,
              &Deployment::measure_nodes, &Deployment::measure_accuracy, &Deployment::compare_layers})
            if (auto done = (this->*step)(); !done)
                return fail(done);
        return std::move(m_result);
    }

private:
    /// What is wrong with labels or the task is said before a board is bothered.
    Status open_judge() {
        if (!m_request.reader)
            return {};
        const auto& of = m_request.reference ? *m_request.reference : *m_request.model;
        const auto session = m_request.reference
                                 ? Session::create(of, {m_options.host_threads, Optimizations::standard, {}})
                                 : pure_session(of, m_options.host_threads);
        if (!session)
            return fail(session);
        const Runner run = runner_by_name(**session, *m_request.reader);
        JudgeRequest request = m_request.judge;
        request.reader = m_request.reader;
        auto judge = quantwright::open_judge(
            of, request, [&](const std::vector<Tensor>& inputs) { return run(inputs, m_job.token()); });
        if (!judge)
            return fail(judge);
        m_judge = std::move(*judge);
        return {};
    }

    Status check() {
        m_connection.watch(m_job.token());
        m_job.report(Stage::board_check, 0, 0);
        if (auto made = m_scratch.make(m_options.scratch); !made)
            return made;
        const auto machine = m_connection.run("uname -m", 256);
        if (!machine)
            return fail(machine);
        const auto program = agent_program(clean_text(*machine, 64));
        if (!program)
            return fail(program);
        auto sent = send_file(*program, BoardFolder::agents, "", true);
        if (!sent)
            return fail(sent);
        m_result.agent = std::move(*sent);
        auto agent =
            Agent::start(m_connection, m_result.agent.path, m_options.runtime, m_job, m_options.provider);
        if (!agent)
            return fail(agent);
        m_agent = std::move(*agent);
        m_result.board = m_agent->facts();
        const BoardFacts& facts = m_result.board;
        const std::string board = m_connection.address().text();
        if (facts.runtime_path.empty())
            return fail(ErrorCode::board_no_runtime, board, facts.runtime_error);
        if (facts.api == 0)
            return fail(ErrorCode::board_runtime_too_old, board, facts.runtime);
        if (facts.opset_max > 0 && m_request.model->opset() > facts.opset_max)
            return fail(ErrorCode::board_opset, m_request.file.string(),
                        "opset " + std::to_string(m_request.model->opset()) + ", ONNX Runtime " +
                            facts.runtime + ": " + std::to_string(facts.opset_max));
        if (m_options.provider && !facts.provider_error.empty())
            m_result.problems.push_back(
                {"board.provider_unusable", Severity::warning, {}, {facts.provider_error}});
        if (auto turn = m_agent->take_turn(); !turn)
            return turn;
        return clean_up(m_connection, k_keep_bytes, m_job);
    }

    Result<Uploaded> send_file(const std::filesystem::path& file, BoardFolder folder,
                               const std::string& suffix, bool executable = false,
                               const std::function<Status()>& before = {}) {
        auto sent = upload(m_connection, file, folder, suffix, executable, m_job, before);
        if (sent)
            m_result.sent_bytes += sent->sent;
        return sent;
    }

    Result<Uploaded> send_model(const Model& model, const std::filesystem::path& file) {
        const auto whole = one_file(model, file, m_scratch.folder());
        if (!whole)
            return fail(whole);
        const auto probe = [&] {
            return probe_operators(*m_agent, model, file, m_options.optimizations, m_options.provider);
        };
        return send_file(*whole, BoardFolder::models, ".onnx", false, probe);
    }

    Status send() {
        auto model = send_model(*m_request.model, m_request.file);
        if (!model)
            return fail(model);
        m_result.model = std::move(*model);
        if (!m_request.other.empty()) {
            auto other = Model::load(m_request.other, m_job);
            if (!other)
                return fail(other);
            auto sent = send_model(**other, m_request.other);
            if (!sent)
                return fail(sent);
            m_other = std::move(*sent);
            m_other_model = std::move(*other);
        }
        if (!m_request.reader)
            return {};
        const auto samples = write_samples(m_scratch.folder() / "samples.qws", *m_request.reader,
                                           m_options.max_images, m_result.board.zstd, m_job);
        if (!samples)
            return fail(samples);
        m_sample_indices = samples->indices;
        auto sent = send_file(samples->path, BoardFolder::samples, ".qws");
        if (!sent)
            return fail(sent);
        m_result.samples = std::move(*sent);
        return {};
    }

    [[nodiscard]] AgentSession session(const std::string& name, const std::string& model) const {
        AgentSession session;
        session.name = name;
        session.model = model;
        session.threads = m_options.board_threads;
        session.cores = m_options.cores;
        // Only the first cluster of a K1 has the instructions for integer products (platform notes of its
        // vendor).
        constexpr int cluster = 4;
        if (session.cores.empty() && m_result.board.is_k1)
            for (int core = 0; core < std::min(cluster, m_result.board.cores); ++core)
                session.cores.push_back(core);
        if (session.threads == 0)
            session.threads = static_cast<int>(session.cores.size());
        session.optimizations = m_options.optimizations;
        session.provider = m_options.provider;
        session.provider_options = m_options.provider_options;
        return session;
    }

    /// The user knows a model by its file.
    [[nodiscard]] tl::unexpected<Error> named(Error error) const {
        if (!m_other.path.empty() && error.subject == m_other.path)
            error.subject = m_request.other.string();
        else if (error.subject == m_result.model.path)
            error.subject = m_request.file.string();
        return tl::unexpected<Error>(std::move(error));
    }

    Result<AgentLoaded> load(const AgentSession& session, const std::string& file) {
        auto loaded = m_agent->load(session);
        if (!loaded)
            loaded = named(std::move(loaded.error()));
        if (!loaded && loaded.error().code == ErrorCode::board_model_refused)
            if (auto missing = missing_in_runtime(loaded.error().detail, m_request.model->proto(), file))
                return tl::unexpected<Error>(std::move(*missing));
        return loaded;
    }

    Status measure() {
        m_job.report(Stage::benchmark, 0, 0);  // loading may take as long as many runs
        const auto loaded = load(session("a", m_result.model.path), m_request.file.string());
        if (!loaded)
            return fail(loaded);
        m_result.session_ms = loaded->session_ms;
        m_result.providers = loaded->providers;
        std::vector<std::string> names = {"a"};
        if (!m_other.path.empty()) {
            if (auto other = load(session("b", m_other.path), m_request.other.string()); !other)
                return fail(other);
            names.emplace_back("b");
        }
        BenchmarkOptions options = m_options.benchmark;
        options.samples = m_result.samples.path;
        const auto benchmark = m_agent->benchmark(names, options);
        if (!benchmark)
            return named(benchmark.error());
        const AgentTimes& times = benchmark->sessions.at("a");
        m_result.latency = latency_of(times.ms);
        m_result.first_ms = times.first_ms;
        m_result.runs = static_cast<std::int64_t>(times.ms.size());
        m_result.peak_memory_bytes = benchmark->peak_memory_bytes;
        m_result.trust = judge(*benchmark, m_result.board);
        m_result.before = benchmark->before;
        m_result.after = benchmark->after;
        if (m_other.path.empty())
            return {};
        const AgentTimes& other = benchmark->sessions.at("b");
        m_result.other_latency = latency_of(other.ms);
        m_result.speed_up = speed_up(times, other);
        return m_agent->unload("b");
    }

    /// A profiled session is slower, so its times only say how the time is shared out.
    Status measure_nodes() {
        if (!m_options.profile)
            return {};
        m_job.report(Stage::profile, 0, 0);
        // One session at a time: a provider may have memory for no more.
        if (auto unloaded = m_agent->unload("a"); !unloaded)
            return unloaded;
        auto nodes = profile(m_result.model.path, m_request.file.string(), m_result.latency);
        if (!nodes)
            return fail(nodes);
        m_result.profile = std::move(*nodes);
        count_providers();
        if (m_result.other_latency) {
            auto others = profile(m_other.path, m_request.other.string(), *m_result.other_latency);
            if (!others)
                return fail(others);
            m_result.other_profile = std::move(*others);
        }
        if (!m_request.reader)
            return {};
        auto loaded = load(session("a", m_result.model.path), m_request.file.string());
        return loaded ? Status() : fail(loaded);
    }

    Result<std::vector<NodeTime>> profile(const std::string& model, const std::string& file,
                                          const Latency& latency) {
        AgentSession profiled = session("p", model);
        profiled.profile = true;
        if (auto loaded = load(profiled, file); !loaded)
            return fail(loaded);
        BenchmarkOptions options = m_options.benchmark;
        constexpr double about_ms = 10'000, most = 10;
        const double fit = std::clamp(about_ms / std::max(latency.p50_ms, 0.001), 1.0, most);
        options.runs =
            options.runs > 0 ? std::min(options.runs, static_cast<int>(most)) : static_cast<int>(fit);
        options.warm_up = std::min(options.warm_up, 1);
        options.samples = m_result.samples.path;
        options.stage = Stage::profile;
        if (auto ran = m_agent->benchmark({"p"}, options); !ran)
            return fail(ran);
        return m_agent->profile("p");  // and unloads it
    }

    void count_providers() {
        constexpr std::string_view cpu = "CPUExecutionProvider";
        if (std::all_of(m_result.providers.begin(), m_result.providers.end(),
                        [&](const std::string& name) { return name == cpu; }))
            return;
        const auto& nodes = m_result.profile;
        m_result.fallback_nodes = std::count_if(nodes.begin(), nodes.end(),
                                                [&](const NodeTime& node) { return node.provider == cpu; });
        m_result.subgraphs = static_cast<std::int64_t>(nodes.size()) - *m_result.fallback_nodes;
        if (*m_result.fallback_nodes > 0)
            m_result.problems.push_back(
                {"board.fell_back",
                 Severity::warning,
                 {},
                 {std::to_string(*m_result.fallback_nodes), std::to_string(*m_result.subgraphs)}});
    }

    Status measure_accuracy() {
        if (!m_request.reader)
            return {};
        AccuracyRequest request;
        request.model = m_request.model;
        request.reference = m_request.reference;
        request.reader = m_request.reader;
        request.judge = m_judge.get();
        request.session = "a";
        request.samples = m_result.samples.path;
        request.count = static_cast<std::int64_t>(m_sample_indices.size());
        request.max_images = m_options.max_images;
        request.threads = m_options.host_threads;
        auto accuracy = board_accuracy(*m_agent, request, m_job);
        if (!accuracy)
            return named(accuracy.error());
        m_result.accuracy = std::move(accuracy->board);
        m_result.accuracy->latency = m_result.latency;
        m_result.host = std::move(accuracy->host);
        m_result.judgement = std::move(accuracy->board_judgement);
        m_result.host_judgement = std::move(accuracy->host_judgement);
        const auto& said = m_result.judgement->problems;
        m_result.problems.insert(m_result.problems.end(), said.begin(), said.end());
        return {};
    }

    /// What can't be told about layers is a problem, no reason to throw the rest away; only a cancel or a
    /// lost connection is.
    Status compare_layers() {
        const bool compare = m_options.layer_images > 0 && m_request.reader;
        if (!compare && m_result.profile.empty())
            return {};
        PrepareOptions options;
        if (m_request.reader)
            for (const InputSource& source : m_request.reader->sources())
                options.input_shapes[source.input] = source.shape;
        options.threads = m_options.host_threads;
        const auto prepared = prepare(m_request.model, options, JobContext(m_job.token()));
        if (!prepared)
            return skip_layers(prepared.error());
        assign_layers(m_result.profile, **prepared);
        m_result.layers = list_layers(**prepared, m_result.profile);
        if (auto assigned = assign_other(options); !assigned)
            return skip_layers(assigned.error());
        if (!compare)
            return {};
        auto probe = LayerProbe::create(**prepared, m_request.reference.get(), m_options.host_threads);
        if (!probe)
            return skip_layers(probe.error());
        if (auto compared = run_probe(*probe); !compared)
            return skip_layers(compared.error());
        if (auto problem = judge_layers(*probe, m_result.layers))
            m_result.problems.push_back(std::move(*problem));
        return {};
    }

    Status assign_other(const PrepareOptions& options) {
        if (m_result.other_profile.empty())
            return {};
        const auto prepared = prepare(m_other_model, options, JobContext(m_job.token()));
        if (!prepared)
            return fail(prepared);
        assign_layers(m_result.other_profile, **prepared);
        add_other_times(m_result.other_profile, m_result.layers);
        return {};
    }

    Status skip_layers(const Error& error) {
        if (error.code == ErrorCode::cancelled || error.code == ErrorCode::board_connection_lost ||
            error.code == ErrorCode::board_silent)
            return tl::unexpected<Error>(error);
        std::string reason(name_of(error.code));
        if (!error.detail.empty())
            reason += " " + error.detail;
        m_result.problems.push_back({"board.layers_skipped", Severity::warning, {}, {std::move(reason)}});
        return {};
    }

    Status run_probe(LayerProbe& probe) {
        const std::filesystem::path file = m_scratch.folder() / "layers.onnx";
        if (auto written = write_one_file(probe.opened(), *m_request.model, file); !written)
            return written;
        const auto sent = send_file(file, BoardFolder::models, ".onnx");
        if (!sent)
            return fail(sent);
        m_job.report(Stage::board_run, 0, 0);
        if (auto unloaded = m_agent->unload("a"); !unloaded)
            return unloaded;
        AgentSession opened = session("l", sent->path);
        opened.optimizations = false;
        const auto loaded = m_agent->load(opened);
        if (!loaded)
            return fail(loaded);
        std::vector<std::string> names;
        for (const InputSource& source : m_request.reader->sources())
            names.push_back(source.input);
        const std::int64_t count = std::min<std::int64_t>(m_options.layer_images,
                                                          static_cast<std::int64_t>(m_sample_indices.size()));
        return m_agent->run(opened.name, m_result.samples.path, 0, count,
                            [&](const SampleOutputs& sample) -> Status {
                                const auto index = m_sample_indices[static_cast<std::size_t>(sample.sample)];
                                const auto inputs = m_request.reader->load(index);
                                if (!inputs)
                                    return fail(inputs);
                                return probe.compare(*inputs, names, sample.outputs, m_job.token());
                            });
    }

    Connection& m_connection;
    const DeployRequest& m_request;
    const DeployOptions& m_options;
    const JobContext& m_job;
    ScratchFolder m_scratch;
    std::unique_ptr<Judge> m_judge;
    std::unique_ptr<Agent> m_agent;
    Uploaded m_other;
    std::shared_ptr<const Model> m_other_model;
    std::vector<std::int64_t> m_sample_indices;
    BoardResult m_result;
};

}  // namespace

Result<BoardResult> deploy(Connection& connection, const DeployRequest& request, const DeployOptions& options,
                           const JobContext& job) {
    try {
        return Deployment(connection, request, options, job).run();
    } catch (const std::exception& e) {
        return fail(ErrorCode::runtime_failed, request.file.string(), e.what());
    }
}

}  // namespace quantwright
