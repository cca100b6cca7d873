#pragma once
// Result<T>: a value or an Error.
#include <exception>
#include <string>
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

/// work(), a Result; what it throws is runtime.failed about `subject`. For functions that core's users call.
template <class Work>
auto guarded(const std::string& subject, Work work) -> decltype(work()) {
    try {
        return work();
    } catch (const std::exception& e) {
        return fail(ErrorCode::runtime_failed, subject, e.what());
    }
}

}  // namespace quantwright
