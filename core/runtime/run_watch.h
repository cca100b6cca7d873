#pragma once
// Ends a running inference when its token is cancelled. A token is a plain flag, so one thread of the process
// looks at the flags of all runs now and then.
#include <functional>

#include "core/base/job.h"

namespace quantwright {

/// While it lives, `terminate` is called once from the watching thread if the token is cancelled.
class RunWatch {
public:
    RunWatch(const CancelToken& token, std::function<void()> terminate);
    ~RunWatch();  ///< after this `terminate` is not called any more
    RunWatch(const RunWatch&) = delete;
    RunWatch& operator=(const RunWatch&) = delete;

private:
    std::uint64_t m_id;
};

}  // namespace quantwright
