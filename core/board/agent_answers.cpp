#include "core/board/agent_answers.h"

#include <algorithm>
#include <cstring>

#include "core/board/clean_text.h"

namespace quantwright {

namespace {

constexpr double k_longest_ms = 1e9, k_bytes = 1e15;
constexpr std::size_t k_most_names = 4096, k_most_nodes = 100'000, k_most_runs = 1'000'000, k_most_axes = 16;
/// Of the outputs of one sample together.
constexpr std::size_t k_most_output_bytes = std::size_t(1) << 30;

std::optional<std::uint64_t> maybe_bytes(AnswerReader& answer, const char* key) {
    const auto number = answer.maybe_whole(key, 0, static_cast<std::int64_t>(k_bytes));
    return number ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
}

BoardState read_state(const Json& object, std::string& wrong) {
    AnswerReader answer(object, wrong);
    BoardState state;
    state.governor = answer.maybe_text("governor", 64);
    state.mhz = answer.maybe_number("mhz", 0, 1e6);
    state.mhz_max = answer.maybe_number("mhz_max", 0, 1e6);
    state.temperature_c = answer.maybe_number("temperature_c", -300, 1000);
    state.load = answer.maybe_number("load", 0, 1e6);
    state.busy_others = answer.maybe_number("busy_others", -1e6, 1e6);
    return state;
}

}  // namespace

BoardFacts read_facts(AnswerReader& answer) {
    BoardFacts facts;
    facts.arch = answer.text("arch", 32);
    facts.cores = static_cast<int>(answer.whole("cores", 1, 65'536));
    facts.memory_bytes = maybe_bytes(answer, "memory_bytes");
    facts.memory_free_bytes = maybe_bytes(answer, "memory_free_bytes");
    facts.disk_free_bytes = maybe_bytes(answer, "disk_free_bytes");
    facts.kernel = answer.maybe_text("kernel");
    facts.system = answer.maybe_text("system");
    facts.machine = answer.maybe_text("machine");
    facts.is_k1 = answer.flag("is_k1");
    facts.emulated = answer.flag("emulated");
    facts.runtime_path = answer.maybe_text("runtime_path", 4096);
    facts.runtime = answer.maybe_text("runtime", 64);
    facts.runtime_error = answer.maybe_text("runtime_error", 1024);
    facts.provider_error = answer.maybe_text("provider_error", 1024);
    facts.api = answer.maybe_whole("api", 0, 10'000).value_or(0);
    facts.opset_max = answer.maybe_whole("opset_max", 0, 10'000).value_or(0);
    facts.provider_path = answer.maybe_text("provider_path", 4096);
    facts.providers = answer.texts("providers", 64);
    facts.zstd = answer.flag("zstd");
    return facts;
}

AgentLoaded read_loaded(AnswerReader& answer, std::string& wrong) {
    AgentLoaded loaded;
    loaded.session_ms = answer.number("session_ms", 0, k_longest_ms);
    loaded.providers = answer.texts("providers", 64);
    for (const Json* output : answer.objects("outputs", k_most_names))
        loaded.outputs.push_back(AnswerReader(*output, wrong).text("name", 1024));
    return loaded;
}

AgentBenchmark read_benchmark(AnswerReader& answer, const std::vector<std::string>& names,
                              std::string& wrong) {
    AgentBenchmark benchmark;
    AnswerReader sessions(answer.object("sessions"), wrong);
    for (const std::string& name : names) {
        AnswerReader session(sessions.object(name.c_str()), wrong);
        AgentTimes& times = benchmark.sessions[name];
        times.first_ms = session.number("first_ms", 0, k_longest_ms);
        times.ms = session.numbers("ms", k_most_runs, 0, k_longest_ms);
        if (times.ms.empty())
            session.refuse("ms", "empty");
    }
    benchmark.before = read_state(answer.object("before"), wrong);
    benchmark.after = read_state(answer.object("after"), wrong);
    benchmark.peak_memory_bytes = maybe_bytes(answer, "peak_memory_bytes").value_or(0);
    benchmark.interval_reached = answer.flag("interval_reached");
    return benchmark;
}

void read_profile(AnswerReader& answer, std::vector<NodeTime>& nodes, std::string& wrong) {
    for (const Json* object : answer.objects("nodes", k_most_nodes)) {
        AnswerReader node(*object, wrong);
        NodeTime time;
        time.node = node.text("node", 1024);
        time.op = node.text("op", 128);
        time.provider = node.text("provider", 128);
        time.us = node.number("us", 0, k_longest_ms * 1000);
        nodes.push_back(std::move(time));
    }
    if (nodes.size() > k_most_nodes)
        answer.refuse("nodes", "too many");
}

Error read_error(const Json& answer, const std::string& board) {
    std::string wrong;
    AnswerReader reader(answer, wrong);
    AnswerReader error(reader.object("error"), wrong);
    const std::string code = error.text("code", 64), subject = error.maybe_text("subject", 1024),
                      detail = error.maybe_text("detail", 2000);
    if (wrong.empty())
        for (const ErrorCode known :
             {ErrorCode::board_no_runtime, ErrorCode::board_runtime_too_old, ErrorCode::board_model_refused,
              ErrorCode::board_out_of_memory, ErrorCode::board_opset, ErrorCode::board_file_missing,
              ErrorCode::board_provider, ErrorCode::board_cores, ErrorCode::board_disk_full,
              ErrorCode::board_not_writable, ErrorCode::board_bad_answer})
            if (name_of(known) == code)
                return {known, subject.empty() ? board : subject, detail};
    return {ErrorCode::board_bad_answer, board, wrong.empty() ? code + " " + detail : wrong};
}

void OutputsAssembly::begin(AnswerReader& event, std::int64_t sample, std::string& wrong) {
    if (m_begun)
        event.refuse("outputs", "the sample before is not complete");
    event.whole("sample", sample, sample);
    std::vector<Output> outputs;
    std::size_t total = 0;
    for (const Json* object : event.objects("outputs", k_most_names)) {
        AnswerReader description(*object, wrong);
        Output output;
        output.type = static_cast<ElementType>(description.whole("type", 1, 64));
        output.shape = description.wholes("shape", k_most_axes, 0, std::int64_t(1) << 40);
        std::size_t bytes = size_of(output.type);
        if (bytes == 0)
            description.refuse("type", "no number of whole bytes");
        for (const std::int64_t axis : output.shape) {
            const auto size = static_cast<std::size_t>(axis);
            if (size > 0 && bytes > k_most_output_bytes / size) {
                description.refuse("shape", "too large");
                break;
            }
            bytes *= size;
        }
        total += bytes;
        if (total > k_most_output_bytes)
            description.refuse("shape", "too large");
        if (!event.ok())
            return;
        output.bytes = bytes;
        outputs.push_back(std::move(output));
    }
    if (!event.ok())
        return;
    m_begun = true;
    m_sample = sample;
    m_outputs = std::move(outputs);
    m_next = 0;
    skip_complete();
}

void OutputsAssembly::add(AnswerReader& event) {
    if (!m_begun || m_next >= m_outputs.size()) {
        event.refuse("bytes", "nobody waits for them");
        return;
    }
    Output& output = m_outputs[m_next];
    event.whole("sample", m_sample, m_sample);
    event.whole("output", static_cast<std::int64_t>(m_next), static_cast<std::int64_t>(m_next));
    const auto end = static_cast<std::int64_t>(output.data.size());
    event.whole("offset", end, end);
    const auto bytes = decode_base64(event.raw_text("base64"));
    if (!event.ok())
        return;
    if (!bytes || bytes->empty() || bytes->size() > output.bytes - output.data.size()) {
        event.refuse("base64", "other bytes than announced");
        return;
    }
    const auto* data = reinterpret_cast<const std::byte*>(bytes->data());
    output.data.insert(output.data.end(), data, data + bytes->size());
    skip_complete();
}

void OutputsAssembly::skip_complete() {
    while (m_next < m_outputs.size() && m_outputs[m_next].data.size() == m_outputs[m_next].bytes)
        ++m_next;
}

SampleOutputs OutputsAssembly::take() {
    SampleOutputs result;
    result.sample = m_sample;
    for (Output& output : m_outputs)
        result.outputs.push_back(make_tensor(output.type, std::move(output.shape), std::move(output.data)));
    m_outputs.clear();
    m_begun = false;
    return result;
}

}  // namespace quantwright
