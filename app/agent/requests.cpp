#include "requests.h"

#include <algorithm>
#include <new>
#include <optional>

#include "affinity.h"
#include "benchmark.h"
#include "facts.h"
#include "failure.h"
#include "lock.h"
#include "probe.h"
#include "profile.h"
#include "samples.h"
#include "small_file.h"
#include "temporary.h"
#include "zstd.h"

namespace quantwright::agent {

namespace {

constexpr std::size_t most_sessions = 8;

/// Names from files may be longer than a line can be.
std::string clipped(const std::string& text) {
    constexpr std::size_t longest = 16384;
    return text.substr(0, longest);
}

Json error_answer(std::int64_t id, const Failure& failure) {
    return {{"id", id},
            {"error",
             {{"code", failure.code},
              {"subject", clipped(failure.subject)},
              {"detail", clipped(failure.detail)}}}};
}

template <class T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json();
}

Json json_from(const std::vector<Value>& values) {
    Json list = Json::array();
    for (const Value& value : values)
        list.push_back({{"name", value.name}, {"type", value.type}, {"shape", value.shape}});
    return list;
}

Json json_from(const State& state) {
    return {{"governor", state.governor},        {"mhz", or_null(state.mhz)},
            {"mhz_max", or_null(state.mhz_max)}, {"temperature_c", or_null(state.temperature_c)},
            {"load", or_null(state.load)},       {"busy_others", or_null(state.busy_others)}};
}

}  // namespace

Requests::Verb Requests::verb_named(const std::string& name) {
    static const std::map<std::string, Verb> verbs{
        {"facts", &Requests::facts},     {"turn", &Requests::turn},           {"load", &Requests::load},
        {"unload", &Requests::unload},   {"benchmark", &Requests::benchmark}, {"run", &Requests::run},
        {"profile", &Requests::profile}, {"probe", &Requests::probe},         {"quit", &Requests::quit}};
    const auto found = verbs.find(name);
    if (found == verbs.end())
        throw Failure{"board.bad_answer", name, "an unknown request"};
    return found->second;
}

void Requests::handle(const std::string& line) {
    std::int64_t id = 0;
    Failure failure;
    try {
        const Json request = Json::parse(line, nullptr, false);
        if (!request.is_object())
            throw Failure{"board.bad_answer", "", "a request is one JSON object in a line"};
        Fields fields(request);
        id = fields.whole("id", 0, 0, std::int64_t{1} << 53);
        const Verb verb = verb_named(fields.text("do"));
        Json answer = {{"id", id}, {"ok", true}};
        answer.update((this->*verb)(id, fields));
        m_output.line(answer);
        return;
    } catch (const Failure& thrown) {
        failure = thrown;
    } catch (const std::bad_alloc&) {
        failure = {"board.out_of_memory", "", ""};
    } catch (const std::exception& error) {
        failure = {"board.bad_answer", "", error.what()};
    }
    m_output.line(error_answer(id, failure));
}

Json Requests::facts(std::int64_t, Fields& fields) {
    const std::string library = fields.text("runtime"), provider = fields.text("provider_library");
    const bool with_provider = fields.flag("provider", true);
    fields.no_others();
    m_runtime.find(library, provider, with_provider);
    const Facts facts = read_facts();
    Json providers = Json::array();
    if (m_runtime.api_version() > 0)
        providers = m_runtime.providers();
    if (m_runtime.provider_entry())
        providers.insert(providers.begin(), provider_name);
    return {{"arch", facts.arch},
            {"cores", facts.cores},
            {"memory_bytes", or_null(facts.memory_bytes)},
            {"memory_free_bytes", or_null(facts.memory_free_bytes)},
            {"disk_free_bytes", or_null(facts.disk_free_bytes)},
            {"kernel", facts.kernel},
            {"system", facts.system},
            {"machine", facts.machine},
            {"is_k1", facts.is_k1},
            {"emulated", facts.emulated},
            {"runtime_path", m_runtime.path()},
            {"runtime_error", m_runtime.error()},
            {"runtime", m_runtime.version()},
            {"api", m_runtime.api_version()},
            {"opset_max", newest_opset(m_runtime)},
            {"provider_path", m_runtime.provider_path()},
            {"provider_error", m_runtime.provider_error()},
            {"providers", providers},
            {"zstd", has_zstd()}};
}

Json Requests::turn(std::int64_t id, Fields& fields) {
    fields.no_others();
    take_turn([&] { m_output.event(id, "waiting", Json::object()); });
    return Json::object();
}

Json Requests::load(std::int64_t, Fields& fields) {
    const std::string name = fields.text("name", 64);
    LoadOptions options;
    options.model = fields.path("model");
    options.threads = static_cast<int>(fields.whole("threads", 0, 0, 1024));
    options.cores = fields.wholes("cores", 1024, 0, 1023);
    options.optimizations = fields.flag("optimizations", true);
    options.provider = fields.flag("provider", true);
    options.provider_options = fields.pairs("provider_options", 256);
    options.profile = fields.flag("profile", false);
    fields.no_others();
    if (name.empty() || m_sessions.contains(name) || m_sessions.size() == most_sessions)
        throw Failure{"board.bad_answer", "name", "it is empty or in use, or there are too many sessions"};
    m_runtime.find("", "", true);
    auto session = std::make_unique<Session>(m_runtime, options);
    Json answer = {{"session_ms", session->session_ms()},
                   {"providers", session->providers()},
                   {"inputs", json_from(session->inputs())},
                   {"outputs", json_from(session->outputs())}};
    m_sessions[name] = std::move(session);
    return answer;
}

Json Requests::unload(std::int64_t, Fields& fields) {
    const std::string name = fields.text("name");
    fields.no_others();
    session_named(name);
    m_sessions.erase(name);
    return Json::object();
}

Json Requests::benchmark(std::int64_t id, Fields& fields) {
    const std::vector<std::string> names = fields.texts("names", most_sessions);
    BenchmarkOptions options;
    options.warm_up = static_cast<int>(fields.whole("warm_up", 0, 0, 10000));
    options.runs = fields.whole("runs", 0, 0, most_timed_runs);
    options.interval = fields.number("interval", options.interval, 0, 1);
    options.limit_seconds = fields.number("limit_seconds", options.limit_seconds, 0, 86400);
    const bool with_samples = !fields.text("samples").empty();
    std::optional<SampleFile> samples;
    if (with_samples)
        samples.emplace(fields.path("samples"));
    fields.no_others();
    std::vector<Session*> sessions;
    for (const std::string& name : names) {
        Session* session = &session_named(name);
        if (std::ranges::find(sessions, session) != sessions.end())
            throw Failure{"board.bad_answer", name, "it is named twice"};
        sessions.push_back(session);
    }
    if (sessions.empty() || options.runs * static_cast<std::int64_t>(sessions.size()) > most_timed_runs ||
        (samples && samples->count() == 0))
        throw Failure{"board.bad_answer", "names", "no session, no sample, or too many runs"};

    const BenchmarkResult result = agent::benchmark(
        sessions, samples ? &*samples : nullptr, options, [&](std::int64_t done, std::int64_t total) {
            m_output.event(id, "progress", {{"done", done}, {"total", total}});
        });
    Json times = Json::object();
    for (std::size_t i = 0; i < names.size(); ++i)
        times[names[i]] = {{"first_ms", result.sessions[i].first_ms}, {"ms", result.sessions[i].ms}};
    return {{"sessions", times},
            {"before", json_from(result.before)},
            {"after", json_from(result.after)},
            {"peak_memory_bytes", peak_memory_bytes()},
            {"interval_reached", result.interval_reached}};
}

Json Requests::run(std::int64_t id, Fields& fields) {
    Session& session = session_named(fields.text("name"));
    const SampleFile samples(fields.path("samples"));
    const std::int64_t first = fields.whole("first", 0, 0, samples.count());
    const std::int64_t count = fields.whole("count", samples.count() - first, 0, samples.count() - first);
    fields.no_others();
    for (std::int64_t sample = first; sample < first + count; ++sample) {
        const Feed feed = samples.read(sample, session);
        session.run(feed);
        send_outputs(id, sample, session);
    }
    return Json::object();
}

Json Requests::probe(std::int64_t, Fields& fields) {
    const std::string model = model_in(fields);
    const bool optimizations = fields.flag("optimizations", true), provider = fields.flag("provider", true);
    fields.no_others();
    m_runtime.find("", "", true);
    return {{"refused", clipped(refusal_of(m_runtime, model, optimizations, provider))}};
}

Json Requests::quit(std::int64_t id, Fields& fields) {
    fields.no_others();
    m_output.line({{"id", id}, {"ok", true}});
    end_program(0);
}

Session& Requests::session_named(const std::string& name) {
    const auto found = m_sessions.find(name);
    if (found == m_sessions.end())
        throw Failure{"board.bad_answer", name, "there is no such session"};
    return *found->second;
}

}  // namespace quantwright::agent
