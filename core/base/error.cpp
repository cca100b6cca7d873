#include "core/base/error.h"

namespace quantwright {

const std::vector<ErrorInfo>& error_catalogue() {
    static const std::vector<ErrorInfo> catalogue = {
#define ERROR(enumerator, name, meaning, way_out) {ErrorCode::enumerator, name, meaning, way_out},
#include "core/base/errors.def"
#undef ERROR
    };
    return catalogue;
}

std::string_view name_of(ErrorCode code) {
    return error_catalogue()[static_cast<std::size_t>(code)].name;
}

std::string_view name_of(Severity severity) {
    switch (severity) {
        case Severity::info:
            return "info";
        case Severity::warning:
            return "warning";
        case Severity::error:
            return "error";
    }
    return "error";
}

}  // namespace quantwright
