#pragma once
// Errors are values: a code from the catalogue, the thing it is about, and details. Core never prints,
// never exits and lets no exception out of its public headers.
#include <string>
#include <string_view>
#include <vector>

namespace quantwright {

enum class ErrorCode {
#define ERROR(enumerator, name, meaning, way_out) enumerator,
#include "core/base/errors.def"
#undef ERROR
};

struct Error {
    ErrorCode code = ErrorCode::runtime_failed;
    std::string subject;  ///< the file, node, tensor or option it is about
    std::string detail;   ///< what a library said, in its own words; may be empty
};

/// One line of the catalogue. All strings live as long as the program.
struct ErrorInfo {
    ErrorCode code;
    std::string_view name;  ///< "area.what", the same in JSON, docs and translations
    std::string_view meaning;
    std::string_view way_out;
};

[[nodiscard]] const std::vector<ErrorInfo>& error_catalogue();
[[nodiscard]] std::string_view name_of(ErrorCode code);

enum class Severity { info, warning, error };
[[nodiscard]] std::string_view name_of(Severity severity);

/// Something the user should know that stops nothing by itself. The code is an error's name or one of
/// "area.what" listed in docs/errors.md; the words come from widgets/words.
struct Problem {
    std::string code;
    Severity severity = Severity::warning;
    std::string layer;  ///< layer or tensor it is about; empty for the model as a whole
    std::vector<std::string> arguments;
};

}  // namespace quantwright
