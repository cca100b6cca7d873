#pragma once
// Result<T>: a value or an Error.
#include <tl/expected.hpp>

#include "core/base/error.h"

namespace quantwright {

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string subject,
                                                std::string detail = {}) {
    return tl::unexpected<Error>(Error{code, std::move(subject), std::move(detail)});
}

template <class T>
[[nodiscard]] tl::unexpected<Error> fail(const Result<T>& other) {
    return tl::unexpected<Error>(other.error());
}

}  // namespace quantwright
