#pragma once
// What is said about a board: its check, and why a measurement can't be believed.
#include <QString>

#include "core/board/check.h"
#include "core/board/trust.h"

namespace quantwright::words {

/// A sentence; a code without one is shown as it is.
[[nodiscard]] QString message(const TrustReason& reason);
/// What was found, as a sentence.
[[nodiscard]] QString message(const BoardPoint& point);
/// A point's name in a list: "Login", "ONNX Runtime".
[[nodiscard]] QString name(const BoardPoint& point);

}  // namespace quantwright::words
