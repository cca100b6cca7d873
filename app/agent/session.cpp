#include "session.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "affinity.h"
#include "failure.h"
#include "temporary.h"

namespace quantwright::agent {

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

int bits_of(int type) {
    switch (type) {
        case 21:
        case 22:
            return 4;  // uint4, int4
        case 2:
        case 3:
        case 9:
        case 17:
        case 18:
        case 19:
        case 20:
            return 8;  // integers, bool, float8
        case 4:
        case 5:
        case 10:
        case 16:
            return 16;  // integers, float16, bfloat16
        case 1:
        case 6:
        case 12:
            return 32;
        case 7:
        case 11:
        case 13:
            return 64;
        default:
            return 0;
    }
}

}  // namespace

std::optional<std::uint64_t> byte_count(int type, const std::vector<std::int64_t>& shape) {
    std::uint64_t bits = static_cast<std::uint64_t>(bits_of(type));
    if (bits == 0)
        return std::nullopt;
    for (const std::int64_t dimension : shape)
        if (dimension < 0 || __builtin_mul_overflow(bits, static_cast<std::uint64_t>(dimension), &bits))
            return std::nullopt;
    return bits / 8 + (bits % 8 != 0 ? 1 : 0);
}

Session::Session(Runtime& runtime, const LoadOptions& options)
    : m_runtime(runtime),
      m_options(options),
      m_session(nullptr, runtime.api().ReleaseSession),
      m_memory(nullptr, runtime.api().ReleaseMemoryInfo) {
    const OrtApi& api = runtime.api();
    if (access(options.model.c_str(), R_OK) != 0)
        throw Failure{"board.file_missing", options.model, ""};
    if (m_options.threads == 0)  // the runtime would pin its threads to cores of its own choice
        m_options.threads = static_cast<int>(options.cores.size());
    OrtEnv* environment = runtime.environment();
    OrtSessionOptions* settings = nullptr;
    runtime.check(api.CreateSessionOptions(&settings), options.model);
    const auto owned = runtime.own(settings, api.ReleaseSessionOptions);
    use_cores(options.cores);
    set_options(settings);

    const auto start = Clock::now();
    OrtSession* session = nullptr;
    OrtStatus* status = api.CreateSession(environment, options.model.c_str(), settings, &session);
    m_session_ms = milliseconds_since(start);
    if (options.profile)
        take_profile_file();
    runtime.check(status, options.model);
    m_session.reset(session);

    OrtMemoryInfo* memory = nullptr;
    runtime.check(api.CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory), options.model);
    m_memory.reset(memory);
    m_inputs = values(true);
    m_outputs = values(false);
    for (const Value& input : m_inputs)
        m_input_names.push_back(input.name.c_str());
    for (const Value& output : m_outputs)
        m_output_names.push_back(output.name.c_str());
}

Session::~Session() {
    if (m_profile)
        std::fclose(m_profile);
}

void Session::set_options(OrtSessionOptions* settings) {
    const OrtApi& api = m_runtime.api();
    const std::string& model = m_options.model;
    const bool provider = m_options.provider && m_runtime.provider_entry();
    const int threads = provider ? 1 : m_options.threads;
    if (threads > 0)
        m_runtime.check(api.SetIntraOpNumThreads(settings, threads), model);
    m_runtime.check(api.SetSessionGraphOptimizationLevel(
                        settings, m_options.optimizations ? ORT_ENABLE_ALL : ORT_DISABLE_ALL),
                    model);
    m_runtime.check(api.SetSessionLogSeverityLevel(settings, ORT_LOGGING_LEVEL_FATAL), model);
    if (m_options.profile)
        m_runtime.check(api.EnableProfiling(settings, (temporary_folder() + "/profile").c_str()), model);
    if (provider)
        append_provider(settings);
    m_providers.emplace_back("CPUExecutionProvider");
}

void Session::append_provider(OrtSessionOptions* settings) {
    std::map<std::string, std::string> options = m_options.provider_options;
    if (m_options.threads > 0)
        options.try_emplace("SPACEMIT_EP_INTRA_THREAD_NUM", std::to_string(m_options.threads));
    std::vector<const char*> keys, values;
    for (const auto& [key, value] : options) {
        keys.push_back(key.c_str());
        values.push_back(value.c_str());
    }
    m_runtime.check(m_runtime.provider_entry()(settings, keys.data(), values.data(), keys.size()),
                    provider_name, "board.provider");
    m_providers.emplace_back(provider_name);
}

/// The file is open in the runtime from now on; without a name it is gone however the program ends.
void Session::take_profile_file() {
    std::error_code error;
    for (std::filesystem::directory_iterator entry(temporary_folder(), error), end; !error && entry != end;
         entry.increment(error))
        if (!m_profile)
            m_profile = std::fopen(entry->path().c_str(), "re");
    remove_temporary_folder();
}

std::vector<Value> Session::values(bool inputs) const {
    const OrtApi& api = m_runtime.api();
    const std::string& model = m_options.model;
    OrtAllocator* allocator = nullptr;
    m_runtime.check(api.GetAllocatorWithDefaultOptions(&allocator), model);
    std::size_t count = 0;
    m_runtime.check((inputs ? api.SessionGetInputCount : api.SessionGetOutputCount)(m_session.get(), &count),
                    model);
    std::vector<Value> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        char* name = nullptr;
        m_runtime.check((inputs ? api.SessionGetInputName : api.SessionGetOutputName)(m_session.get(), i,
                                                                                      allocator, &name),
                        model);
        values[i].name = name;
        m_runtime.check(api.AllocatorFree(allocator, name), model);
        OrtTypeInfo* type = nullptr;
        m_runtime.check(
            (inputs ? api.SessionGetInputTypeInfo : api.SessionGetOutputTypeInfo)(m_session.get(), i, &type),
            model);
        const auto owned = m_runtime.own(type, api.ReleaseTypeInfo);
        const OrtTensorTypeAndShapeInfo* tensor = nullptr;
        m_runtime.check(api.CastTypeInfoToTensorInfo(type, &tensor), model);
        if (!tensor)
            continue;
        ONNXTensorElementDataType element = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
        std::size_t rank = 0;
        m_runtime.check(api.GetTensorElementType(tensor, &element), model);
        m_runtime.check(api.GetDimensionsCount(tensor, &rank), model);
        values[i].type = element;
        values[i].shape.resize(rank);
        m_runtime.check(api.GetDimensions(tensor, values[i].shape.data(), rank), model);
    }
    return values;
}

Feed Session::feed(const std::vector<std::vector<std::int64_t>>& shapes,
                   std::vector<std::vector<std::byte>> memory) const {
    const OrtApi& api = m_runtime.api();
    Feed feed{std::move(memory), {}};
    for (std::size_t i = 0; i < m_inputs.size(); ++i) {
        std::vector<std::byte>& bytes = feed.memory[i];
        OrtValue* value = nullptr;
        m_runtime.check(api.CreateTensorWithDataAsOrtValue(
                            m_memory.get(), bytes.data(), bytes.size(), shapes[i].data(), shapes[i].size(),
                            static_cast<ONNXTensorElementDataType>(m_inputs[i].type), &value),
                        m_inputs[i].name);
        feed.values.push_back(m_runtime.own(value, api.ReleaseValue));
    }
    return feed;
}

Feed Session::zeros() const {
    std::vector<std::vector<std::int64_t>> shapes;
    std::vector<std::vector<std::byte>> memory;
    for (const Value& input : m_inputs) {
        shapes.push_back(input.shape);
        for (std::int64_t& dimension : shapes.back())
            dimension = dimension < 0 ? 1 : dimension;
        const auto bytes = byte_count(input.type, shapes.back());
        if (!bytes)
            throw Failure{"board.bad_answer", input.name, "this input is no tensor of numbers"};
        memory.emplace_back(*bytes);
    }
    return feed(shapes, std::move(memory));
}

double Session::run(const Feed& feed) {
    const OrtApi& api = m_runtime.api();
    use_cores(m_options.cores);
    m_results.clear();
    std::vector<const OrtValue*> inputs;
    for (const auto& value : feed.values)
        inputs.push_back(value.get());
    std::vector<OrtValue*> outputs(m_outputs.size());
    const auto start = Clock::now();
    OrtStatus* status = api.Run(m_session.get(), nullptr, m_input_names.data(), inputs.data(), inputs.size(),
                                m_output_names.data(), m_output_names.size(), outputs.data());
    const double ms = milliseconds_since(start);
    for (OrtValue* output : outputs)
        m_results.push_back(m_runtime.own(output, api.ReleaseValue));
    m_runtime.check(status, m_options.model);
    if (!m_first_ms)
        m_first_ms = ms;
    return ms;
}

std::FILE* Session::end_profiling() {
    if (!m_options.profile || !m_profile)
        throw Failure{"board.bad_answer", m_options.model, "it was not loaded with a profile"};
    const OrtApi& api = m_runtime.api();
    OrtAllocator* allocator = nullptr;
    m_runtime.check(api.GetAllocatorWithDefaultOptions(&allocator), m_options.model);
    char* name = nullptr;
    m_runtime.check(api.SessionEndProfiling(m_session.get(), allocator, &name), m_options.model);
    m_runtime.check(api.AllocatorFree(allocator, name), m_options.model);
    return m_profile;
}

}  // namespace quantwright::agent
