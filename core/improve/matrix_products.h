#pragma once
// Products of large float matrices by the runtime's kernels, which know the processor. Row-major.
#include <memory>
#include <span>

#include "core/runtime/session.h"

namespace quantwright {

class MatrixProducts {
public:
    /// Errors: those of Session::create. `threads` inside one product; 0: all cores.
    static Result<std::shared_ptr<const MatrixProducts>> create(int threads);

    /// a (rows x inner) times b (inner x columns).
    Result<Tensor> times(std::span<const float> a, std::span<const float> b, std::int64_t inner) const {
        return run(*m_plain, a, b, inner, false);
    }
    /// a (rows x inner) times the transpose of b (columns x inner).
    Result<Tensor> times_transposed(std::span<const float> a, std::span<const float> b,
                                    std::int64_t inner) const {
        return run(*m_transposed, a, b, inner, true);
    }

private:
    static Result<Tensor> run(const Session& session, std::span<const float> a, std::span<const float> b,
                              std::int64_t inner, bool transposed);
    std::unique_ptr<Session> m_plain, m_transposed;
};

}  // namespace quantwright
