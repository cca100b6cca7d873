#include <array>
#include <cstdlib>

#include "core/verify/checker.h"

namespace quantwright {

Result<std::filesystem::path> checker_program() {
    namespace fs = std::filesystem;
    constexpr const char* name = "quantwright-checker";
    if (const char* given = std::getenv("QUANTWRIGHT_CHECKER"); given && *given)
        return fs::path(given);
    std::error_code error;
    const fs::path here = fs::read_symlink("/proc/self/exe", error).parent_path();
    const fs::path above = here.parent_path();
    for (const fs::path& folder : {here, above / "libexec" / "quantwright", above / "bin"})
        if (fs::path program = folder / name; !here.empty() && fs::is_regular_file(program, error))
            return program;
    return fail(ErrorCode::output_not_checked, name, "it is not beside " + here.string());
}

}  // namespace quantwright
