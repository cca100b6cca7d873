#include "runtime.h"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "failure.h"
#include "folders.h"

namespace quantwright::agent {

namespace {

constexpr std::uint32_t oldest_api = 14;

/// The vendor's library has the plain major version as its name, Debian's the minor one too.
std::vector<std::string> runtime_names() {
    std::vector<std::string> names{"libonnxruntime.so.1"};
    for (int minor = 99; minor >= 14; --minor)
        names.push_back("libonnxruntime.so.1." + std::to_string(minor));
    names.emplace_back("libonnxruntime.so");
    return names;
}

std::string loaded_path(void* library, const std::string& name) {
    link_map* map = nullptr;
    if (dlinfo(library, RTLD_DI_LINKMAP, &map) != 0 || !map || !*map->l_name)
        return name;
    std::error_code error;
    const auto path = std::filesystem::canonical(map->l_name, error);
    return error ? std::string(map->l_name) : path.string();
}

std::string last_error() {
    const char* text = dlerror();
    return text ? text : "it can't be loaded";
}

bool is_there(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

/// "1.21.0" is of interface version 21.
std::uint32_t minor_of(const std::string& version) {
    const std::size_t dot = version.find('.');
    return dot == std::string::npos
               ? 0
               : static_cast<std::uint32_t>(std::strtoul(version.c_str() + dot + 1, nullptr, 10));
}

bool tells_of_memory(const std::string& message) {
    for (const char* words : {"bad_alloc", "Failed to allocate memory", "out of memory", "Out of memory"})
        if (message.find(words) != std::string::npos)
            return true;
    return false;
}

}  // namespace

void Runtime::find(const std::string& library, const std::string& provider_library, bool with_provider) {
    if (m_searched) {
        const bool same = (library.empty() || library == m_asked_library) &&
                          (provider_library.empty() || provider_library == m_asked_provider);
        if (!same)
            throw Failure{"board.bad_answer", library, "another library is loaded already"};
        return;
    }
    m_searched = true;
    m_asked_library = library;
    m_asked_provider = provider_library;
    find_runtime(library);
    if (m_api && with_provider)
        find_provider(provider_library);
}

void Runtime::find_runtime(const std::string& library) {
    if (!library.empty()) {
        load_runtime(library);
        return;
    }
    const std::vector<std::string> names = runtime_names();
    std::string why;  // of a library that is there
    for (const std::string& name : names) {
        if (load_runtime(name))
            return;
        if (why.empty() && !m_error.starts_with(name + ": cannot open"))
            why = m_error;
    }
    for (const std::string& folder : library_folders())
        for (const std::string& name : names) {
            std::string path = folder;
            path += '/';
            path += name;
            if (is_there(path) && load_runtime(path))
                return;
        }
    m_error = why;
}

bool Runtime::load_runtime(const std::string& library) {
    // Global: a provider may rely on the runtime's symbols without naming its library.
    void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL);
    if (!handle) {
        m_error = last_error();
        return false;
    }
    using Entry = const OrtApiBase* (*)();
    const auto entry = reinterpret_cast<Entry>(dlsym(handle, "OrtGetApiBase"));
    if (!entry) {
        m_error = library + " is no ONNX Runtime";
        dlclose(handle);
        return false;
    }
    m_error.clear();
    m_path = loaded_path(handle, library);
    const OrtApiBase* base = entry();
    m_version = base->GetVersionString();
    for (std::uint32_t version = std::min<std::uint32_t>(ORT_API_VERSION, minor_of(m_version));
         version >= oldest_api && !m_api; --version) {
        m_api = base->GetApi(version);
        m_api_version = m_api ? version : 0;
    }
    return true;
}

void Runtime::find_provider(const std::string& library) {
    if (!library.empty()) {
        load_provider(library);
        return;
    }
    std::vector<std::string> folders{std::filesystem::path(m_path).parent_path().string()};
    std::ranges::copy(library_folders(), std::back_inserter(folders));
    for (const std::string& folder : folders)
        for (const std::string& path : files_beginning(folder, "libspacemit_ep.so"))
            if (load_provider(path))
                return;
    const std::string why = m_provider_error;
    if (!load_provider("libspacemit_ep.so"))
        m_provider_error = why;
}

bool Runtime::load_provider(const std::string& library) {
    void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL);
    if (!handle) {
        m_provider_error = last_error();
        return false;
    }
    m_provider_entry = reinterpret_cast<ProviderEntry>(dlsym(handle, "OrtSessionOptionsSpaceMITEnvInit"));
    if (!m_provider_entry) {
        m_provider_error = library + " has no OrtSessionOptionsSpaceMITEnvInit";
        return false;
    }
    m_provider_error.clear();
    m_provider_path = loaded_path(handle, library);
    return true;
}

const OrtApi& Runtime::api() const {
    if (m_path.empty())
        throw Failure{"board.no_runtime", m_asked_library, m_error};
    if (!m_api)
        throw Failure{"board.runtime_too_old", m_version, m_path};
    return *m_api;
}

OrtEnv* Runtime::environment() {
    // Never released: the program ends without that, and the libraries' own end may not be reached.
    if (!m_environment)
        check(api().CreateEnv(ORT_LOGGING_LEVEL_FATAL, "quantwright-agent", &m_environment), m_path);
    return m_environment;
}

std::vector<std::string> Runtime::providers() const {
    char** names = nullptr;
    int count = 0;
    check(api().GetAvailableProviders(&names, &count), m_path);
    std::vector<std::string> providers(names, names + count);
    if (OrtStatus* status = api().ReleaseAvailableProviders(names, count))
        api().ReleaseStatus(status);
    return providers;
}

void Runtime::check(OrtStatus* status, const std::string& subject, const char* code) const {
    if (!status)
        return;
    const std::string message = api().GetErrorMessage(status);
    api().ReleaseStatus(status);
    throw Failure{tells_of_memory(message) ? "board.out_of_memory" : code, subject, message};
}

}  // namespace quantwright::agent
