#pragma once
// ONNX Runtime and SpacemiT's provider as they are on this machine: found and loaded while the program runs,
// nothing of them is linked. Only functions of the interface's version 14 are used.
#include <onnxruntime_c_api.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace quantwright::agent {

inline constexpr const char* provider_name = "SpaceMITExecutionProvider";

/// An object of the runtime; its end is a function of the interface.
template <class T>
using Handle = std::unique_ptr<T, void (*)(T*)>;

class Runtime {
public:
    using ProviderEntry = OrtStatus* (*)(OrtSessionOptions*, const char* const*, const char* const*,
                                         std::size_t);

    /// Loads both, once: a library can't be taken back. Empty: the usual places. What is not there is no
    /// failure yet. Without `with_provider` that is not even looked for: its mere loading could end the
    /// program. Throws Failure board.bad_answer if others are asked for later.
    void find(const std::string& library, const std::string& provider_library, bool with_provider);

    /// Empty without one; `runtime_error` then says why a library that is there could not be loaded.
    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] const std::string& error() const { return m_error; }
    [[nodiscard]] const std::string& version() const { return m_version; }
    [[nodiscard]] std::uint32_t api_version() const { return m_api_version; }  ///< 0: too old
    [[nodiscard]] const std::string& provider_path() const { return m_provider_path; }
    [[nodiscard]] const std::string& provider_error() const { return m_provider_error; }
    [[nodiscard]] ProviderEntry provider_entry() const { return m_provider_entry; }

    /// Throws Failure board.no_runtime, board.runtime_too_old.
    [[nodiscard]] const OrtApi& api() const;
    [[nodiscard]] OrtEnv* environment();
    /// Providers that it was built with.
    [[nodiscard]] std::vector<std::string> providers() const;
    /// Throws what `status` says as `code` or board.out_of_memory, and releases it.
    void check(OrtStatus* status, const std::string& subject, const char* code = "board.model_refused") const;

    template <class T>
    [[nodiscard]] Handle<T> own(T* object, void (*release)(T*)) const {
        return Handle<T>(object, release);
    }

private:
    void find_runtime(const std::string& library);
    bool load_runtime(const std::string& library);
    void find_provider(const std::string& library);
    bool load_provider(const std::string& library);

    bool m_searched = false;
    std::string m_asked_library, m_asked_provider;
    std::string m_path, m_error, m_version;
    const OrtApi* m_api = nullptr;
    std::uint32_t m_api_version = 0;
    OrtEnv* m_environment = nullptr;
    std::string m_provider_path, m_provider_error;
    ProviderEntry m_provider_entry = nullptr;
};

/// The newest opset of the default domain that it takes, found by trying; 0 without a runtime.
[[nodiscard]] std::int64_t newest_opset(Runtime& runtime);

}  // namespace quantwright::agent
