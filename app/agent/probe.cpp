#include "probe.h"

#include <array>
#include <span>

#include "failure.h"
#include "output.h"
#include "zstd.h"

namespace quantwright::agent {

namespace {

constexpr std::int64_t largest_model = std::int64_t{64} << 20;

/// RFC 4648 with padding, strictly.
std::string from_base64(const std::string& text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto wrong = [] { return Failure{"board.bad_answer", "model", "is no base64"}; };
    if (text.size() % 4 != 0)
        throw wrong();
    std::size_t end = text.size();
    for (int padding = 0; padding < 2 && end > 0 && text[end - 1] == '='; ++padding)
        --end;
    std::string bytes;
    bytes.reserve(end / 4 * 3 + 2);
    std::uint32_t bits = 0;
    int have = 0;
    for (std::size_t i = 0; i < end; ++i) {
        const std::size_t value = alphabet.find(text[i]);
        if (value == std::string_view::npos)
            throw wrong();
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        have += 6;
        if (have >= 8) {
            have -= 8;
            bytes += static_cast<char>(bits >> have & 0xff);
        }
    }
    return bytes;
}

}  // namespace

std::string model_in(Fields& fields) {
    std::string sent = from_base64(fields.text("model", longest_line));
    const std::int64_t bytes = fields.whole("bytes", 0, 0, largest_model);
    if (bytes == 0)
        return sent;
    std::string model(static_cast<std::size_t>(bytes), '\0');
    if (!decompress(std::as_bytes(std::span(sent)), std::as_writable_bytes(std::span(model))))
        throw Failure{"board.bad_answer", "model", "can't be decompressed"};
    return model;
}

std::string refusal_of(Runtime& runtime, const std::string& model, bool optimizations, bool provider) {
    const OrtApi& api = runtime.api();
    OrtEnv* environment = runtime.environment();
    OrtSessionOptions* made = nullptr;
    runtime.check(api.CreateSessionOptions(&made), "");
    const auto settings = runtime.own(made, api.ReleaseSessionOptions);
    runtime.check(api.SetIntraOpNumThreads(made, 1), "");
    runtime.check(
        api.SetSessionGraphOptimizationLevel(made, optimizations ? ORT_ENABLE_ALL : ORT_DISABLE_ALL), "");
    runtime.check(api.SetSessionLogSeverityLevel(made, ORT_LOGGING_LEVEL_FATAL), "");
    if (provider && runtime.provider_entry())
        runtime.check(runtime.provider_entry()(made, nullptr, nullptr, 0), provider_name, "board.provider");
    OrtSession* session = nullptr;
    OrtStatus* status = api.CreateSessionFromArray(environment, model.data(), model.size(), made, &session);
    if (!status) {
        api.ReleaseSession(session);
        return {};
    }
    std::string words = api.GetErrorMessage(status);
    api.ReleaseStatus(status);
    return words.empty() ? "refused" : words;
}

}  // namespace quantwright::agent
