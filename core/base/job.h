#pragma once
// What a long call is given: a way to be cancelled and a place to say how far it is.
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "core/base/result.h"

namespace quantwright {

/// A flag shared by whoever asks for the end and whoever works. Copies share it; safe from any thread.
class CancelToken {
public:
    CancelToken() : m_flag(std::make_shared<std::atomic<bool>>(false)) {}
    void cancel() { m_flag->store(true, std::memory_order_relaxed); }
    [[nodiscard]] bool cancelled() const { return m_flag->load(std::memory_order_relaxed); }

private:
    std::shared_ptr<std::atomic<bool>> m_flag;
};

enum class Stage {
    open,
    prepare,
    calibrate,
    thresholds,
    simulate,
    analyze,
    improve,
    search,
    quantize,
    export_model,
    verify,  ///< the written file is loaded and run
    evaluate,
    board_check,  ///< and all that comes after it happens on a board
    board_wait,
    upload,
    benchmark,
    profile,
    board_run
};

struct Progress {
    Stage stage = Stage::open;
    std::int64_t done = 0;
    std::int64_t total = 0;  ///< 0 while it isn't known
};

/// Passed by reference into every long call. `report` may be called from worker threads, never from two
/// at once.
class JobContext {
public:
    using Sink = std::function<void(const Progress&)>;

    JobContext() = default;
    explicit JobContext(CancelToken token, Sink sink = {})
        : m_token(std::move(token)), m_sink(std::move(sink)) {}

    [[nodiscard]] bool cancelled() const { return m_token.cancelled(); }
    [[nodiscard]] const CancelToken& token() const { return m_token; }
    void report(Stage stage, std::int64_t done, std::int64_t total) const {
        if (m_sink)
            m_sink(Progress{stage, done, total});
    }
    /// The error a cancelled call ends with.
    [[nodiscard]] static tl::unexpected<Error> cancelled_error() { return fail(ErrorCode::cancelled, {}); }

private:
    CancelToken m_token;
    Sink m_sink;
};

}  // namespace quantwright
