#include <algorithm>
#include <cstdlib>

#include "core/board/agent.h"
#include "core/board/clean_text.h"

namespace quantwright {

namespace {

/// As uname -m says it, and nothing that leads out of the folder.
bool is_architecture(const std::string& text) {
    return !text.empty() && text.size() < 32 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

}  // namespace

Result<std::filesystem::path> agent_program(const std::string& arch) {
    namespace fs = std::filesystem;
    std::error_code error;
    std::vector<fs::path> folders;
    if (const char* given = std::getenv("QUANTWRIGHT_AGENTS"); given && *given)
        folders.emplace_back(given);
    const fs::path here = fs::read_symlink("/proc/self/exe", error).parent_path();
    if (!here.empty()) {
        folders.push_back(here / "agent");
        folders.push_back(here.parent_path() / "libexec" / "quantwright" / "agent");
    }
    if (is_architecture(arch))
        for (const fs::path& folder : folders)
            if (fs::path program = folder / arch / "quantwright-agent"; fs::is_regular_file(program, error))
                return program;
    return fail(ErrorCode::board_no_agent, clean_text(arch, 64));
}

}  // namespace quantwright
