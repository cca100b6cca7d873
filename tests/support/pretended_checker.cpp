#include "tests/support/pretended_checker.h"

#include <cstdlib>
#include <fstream>

namespace quantwright::testing {

void pretend_checker(const std::filesystem::path& folder, const std::string& script) {
    const std::filesystem::path program = folder / "checker.sh";
    std::ofstream(program) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    ::setenv("QUANTWRIGHT_CHECKER", program.c_str(), 1);
}

void pretend_refusal(const std::filesystem::path& folder, const std::string& text) {
    pretend_checker(folder, R"sh(file=$(sed 's/.*"file":"\([^"]*\)".*/\1/' "$1/request.json")
echo '{"run":"off"}'
echo '{"run":"off","ran":0.1,"outputs":[]}'
echo '{"run":"default"}'
if grep -aq ')sh" + text + R"sh(' "$file"; then
    echo '{"run":"default","failure":"Tilt in kernel"}'
else
    echo '{"run":"default","ran":0.1,"outputs":[]}'
fi)sh");
}

void real_checker() {
    ::unsetenv("QUANTWRIGHT_CHECKER");
}

}  // namespace quantwright::testing
