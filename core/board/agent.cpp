#include "core/board/agent.h"

#include <zstd.h>

#include <algorithm>

#include "core/board/agent_answers.h"
#include "core/board/clean_text.h"

namespace quantwright {

namespace {

constexpr std::size_t k_longest_line = std::size_t(1) << 20;
constexpr std::int64_t k_protocol = 1;

/// Where uploads lie: the only kind of path that goes into a command.
bool is_upload(const std::string& path) {
    constexpr std::string_view folder = ".cache/quantwright/";
    return path.starts_with(folder) && path.find("..") == std::string::npos &&
           std::all_of(path.begin(), path.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-' || c == '/';
           });
}

/// One zstd frame; empty if that fails.
std::string compressed(const std::string& bytes) {
    constexpr int level = 9;
    std::string frame(ZSTD_compressBound(bytes.size()), '\0');
    const std::size_t size = ZSTD_compress(frame.data(), frame.size(), bytes.data(), bytes.size(), level);
    frame.resize(ZSTD_isError(size) != 0 ? 0 : size);
    return frame;
}

class AgentClient final : public Agent {
public:
    AgentClient(std::unique_ptr<BoardProcess> process, std::string board, const JobContext& job)
        : m_process(std::move(process)), m_board(std::move(board)), m_job(job) {}

    Status open(const std::string& runtime, bool provider) {
        if (auto hello = greet(); !hello)
            return hello;
        auto answer =
            ask({{"do", "facts"}, {"runtime", runtime}, {"provider_library", ""}, {"provider", provider}});
        if (!answer)
            return fail(answer);
        std::string wrong;
        AnswerReader reader(*answer, wrong);
        m_facts = read_facts(reader);
        return believed(wrong);
    }

    const BoardFacts& facts() const override { return m_facts; }

    Status take_turn() override {
        std::int64_t seconds = 0;
        const auto answer = ask({{"do", "turn"}}, [&](const Json&, const std::string& event) -> Status {
            if (event == "waiting")
                m_job.report(Stage::board_wait, ++seconds, 0);
            return {};
        });
        return answer ? Status() : fail(answer);
    }

    Result<AgentLoaded> load(const AgentSession& session) override {
        Json request = {{"do", "load"},
                        {"name", session.name},
                        {"model", session.model},
                        {"threads", session.threads},
                        {"cores", session.cores},
                        {"optimizations", session.optimizations},
                        {"provider", session.provider},
                        {"provider_options", Json::object()},
                        {"profile", session.profile}};
        for (const auto& [key, value] : session.provider_options)
            request["provider_options"][key] = value;
        const auto answer = ask(std::move(request));
        if (!answer)
            return fail(answer);
        std::string wrong;
        AnswerReader reader(*answer, wrong);
        AgentLoaded loaded = read_loaded(reader, wrong);
        if (auto fine = believed(wrong); !fine)
            return fail(fine);
        return loaded;
    }

    Status unload(const std::string& name) override {
        const auto answer = ask({{"do", "unload"}, {"name", name}});
        return answer ? Status() : fail(answer);
    }

    Result<std::string> probe(const std::string& model, bool optimizations, bool provider) override {
        Json request = {{"do", "probe"}, {"optimizations", optimizations}, {"provider", provider}};
        std::string packed = m_facts.zstd ? compressed(model) : std::string();
        if (!packed.empty())
            request["bytes"] = model.size();
        request["model"] = encode_base64(packed.empty() ? model : packed);
        constexpr std::size_t around = 512;
        if (request["model"].get_ref<const std::string&>().size() + around > k_longest_line)
            return std::string();
        const auto answer = ask(std::move(request));
        if (!answer)
            return fail(answer);
        std::string wrong;
        AnswerReader reader(*answer, wrong);
        std::string words = reader.text("refused", 2000);
        if (auto fine = believed(wrong); !fine)
            return fail(fine);
        return words;
    }

    Result<AgentBenchmark> benchmark(const std::vector<std::string>& names,
                                     const BenchmarkOptions& options) override {
        const auto answer = ask({{"do", "benchmark"},
                                 {"names", names},
                                 {"warm_up", options.warm_up},
                                 {"runs", options.runs},
                                 {"interval", options.interval},
                                 {"limit_seconds", options.limit_seconds},
                                 {"samples", options.samples}},
                                [&](const Json& json, const std::string& event) -> Status {
                                    if (event != "progress")
                                        return {};
                                    std::string wrong;
                                    AnswerReader reader(json, wrong);
                                    constexpr std::int64_t most = std::int64_t(1) << 40;
                                    const auto done = reader.whole("done", 0, most);
                                    const auto total = reader.whole("total", 0, most);
                                    // Rounds, or milliseconds where their number is open.
                                    const std::int64_t unit = options.runs > 0 ? 1 : 1000;
                                    if (wrong.empty())
                                        m_job.report(options.stage, done / unit, total / unit);
                                    return believed(wrong);
                                });
        if (!answer)
            return fail(answer);
        std::string wrong;
        AnswerReader reader(*answer, wrong);
        AgentBenchmark result = read_benchmark(reader, names, wrong);
        if (auto fine = believed(wrong); !fine)
            return fail(fine);
        return result;
    }

    Status run(const std::string& name, const std::string& samples, std::int64_t first, std::int64_t count,
               const std::function<Status(SampleOutputs)>& each) override {
        OutputsAssembly assembly;
        std::int64_t done = 0;
        m_job.report(Stage::board_run, 0, count);
        const auto on_event = [&](const Json& json, const std::string& event) -> Status {
            std::string wrong;
            AnswerReader reader(json, wrong);
            if (event == "outputs") {
                if (done >= count)
                    reader.refuse("outputs", "more samples than asked for");
                assembly.begin(reader, first + done, wrong);
            } else if (event == "bytes") {
                assembly.add(reader);
            }
            if (auto fine = believed(wrong); !fine)
                return fine;
            if (assembly.complete()) {
                if (auto taken = each(assembly.take()); !taken)
                    return taken;
                m_job.report(Stage::board_run, ++done, count);
            }
            return {};
        };
        const auto answer =
            ask({{"do", "run"}, {"name", name}, {"samples", samples}, {"first", first}, {"count", count}},
                on_event);
        if (!answer)
            return fail(answer);
        return done == count ? Status() : believed("fewer samples than asked for");
    }

    Result<std::vector<NodeTime>> profile(const std::string& name) override {
        std::vector<NodeTime> nodes;
        const auto take = [&](const Json& json) {
            std::string wrong;
            AnswerReader reader(json, wrong);
            read_profile(reader, nodes, wrong);
            return believed(wrong);
        };
        const auto answer =
            ask({{"do", "profile"}, {"name", name}}, [&](const Json& json, const std::string& event) {
                return event == "nodes" ? take(json) : Status();
            });
        if (!answer)
            return fail(answer);
        if (auto taken = take(*answer); !taken)
            return fail(taken);
        return nodes;
    }

private:
    using OnEvent = std::function<Status(const Json& event, const std::string& name)>;

    /// After one bad answer nothing that follows is listened to.
    Status believed(const std::string& wrong) {
        if (wrong.empty())
            return {};
        m_broken = Error{ErrorCode::board_bad_answer, m_board, clean_text(wrong)};
        return tl::unexpected<Error>(*m_broken);
    }

    Error ended() {
        constexpr std::size_t tail = 400;
        std::string said = m_process->error_output();
        if (said.size() > tail)
            said.erase(0, said.size() - tail);
        const auto status = m_process->exit_status();
        std::string detail;
        if (status && *status > 128 && *status < 128 + 65)
            detail = "signal " + std::to_string(*status - 128);
        else if (status)
            detail = "status " + std::to_string(*status);
        if (said = clean_text(said, 2 * tail); !said.empty())
            detail += (detail.empty() ? "" : ": ") + said;
        return {ErrorCode::board_agent_ended, m_board, detail};
    }

    /// The next line that is more than a sign of life.
    Result<Json> next() {
        if (m_broken)
            return tl::unexpected<Error>(*m_broken);
        while (true) {
            if (m_job.cancelled())
                return broken(Error{ErrorCode::cancelled, {}, {}});
            const auto line = m_process->read_line(k_longest_line);
            if (!line)
                return broken(line.error());
            if (!*line)
                return broken(ended());
            auto json = parse_line(**line);
            if (!json)
                return broken(Error{ErrorCode::board_bad_answer, m_board, clean_text(**line, 120)});
            if (json->size() != 1 || !json->contains("alive"))
                return std::move(*json);
        }
    }

    tl::unexpected<Error> broken(Error error) {
        m_broken = std::move(error);
        return tl::unexpected<Error>(*m_broken);
    }

    Status greet() {
        const auto hello = next();
        if (!hello)
            return fail(hello);
        std::string wrong;
        AnswerReader reader(*hello, wrong);
        reader.whole("quantwright_agent", k_protocol, k_protocol);
        return believed(wrong);
    }

    Result<Json> ask(Json request, const OnEvent& on_event = {}) {
        if (m_broken)
            return tl::unexpected<Error>(*m_broken);
        if (m_job.cancelled())
            return broken(Error{ErrorCode::cancelled, {}, {}});
        const std::int64_t id = ++m_last;
        request["id"] = id;
        std::string line = request.dump(-1, ' ', false, Json::error_handler_t::replace);
        line += '\n';
        if (auto written = m_process->write(line); !written)
            return broken(written.error());
        while (true) {
            auto json = next();
            if (!json)
                return json;
            std::string wrong;
            AnswerReader reader(*json, wrong);
            reader.whole("id", id, id);
            if (wrong.empty() && json->contains("event")) {
                const std::string event = reader.text("event", 32);
                if (auto fine = believed(wrong); !fine)
                    return fail(fine);
                if (auto heard = on_event ? on_event(*json, event) : Status(); !heard)
                    return broken(heard.error());
                continue;
            }
            if (wrong.empty() && json->contains("error")) {
                Error error = read_error(*json, m_board);
                if (error.code == ErrorCode::board_bad_answer)
                    return broken(std::move(error));
                return tl::unexpected<Error>(std::move(error));
            }
            if (!reader.flag("ok"))
                reader.refuse("ok", "neither an answer nor an error");
            if (auto fine = believed(wrong); !fine)
                return fail(fine);
            return json;
        }
    }

    std::unique_ptr<BoardProcess> m_process;
    std::string m_board;  ///< as the user calls it
    JobContext m_job;
    BoardFacts m_facts;
    std::int64_t m_last = 0;
    std::optional<Error> m_broken;  ///< what ended the conversation
};

}  // namespace

Result<std::unique_ptr<Agent>> Agent::start(Connection& connection, const std::string& uploaded_program,
                                            const std::string& runtime, const JobContext& job,
                                            bool provider) {
    const std::string board = connection.address().text();
    if (!is_upload(uploaded_program))
        return fail(ErrorCode::board_bad_answer, board, "not a path of an upload");
    std::string command = "cd && exec ./";
    command += uploaded_program;
    command += " serve";
    auto process = connection.start(command);
    if (!process)
        return fail(process);
    auto client = std::make_unique<AgentClient>(std::move(*process), board, job);
    if (auto opened = client->open(runtime, provider); !opened)
        return fail(opened);
    return client;
}

}  // namespace quantwright
