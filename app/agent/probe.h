#pragma once
// Would this runtime take a model? Asked before the model's weights are sent.
#include <string>

#include "fields.h"
#include "runtime.h"

namespace quantwright::agent {

/// The model in a request: `model` in base64, compressed as one zstd frame where `bytes`, its size, is given.
/// Throws Failure board.bad_answer.
[[nodiscard]] std::string model_in(Fields& fields);

/// What the runtime says against it; empty if it makes a session of it. Throws those of Runtime::check() for
/// all that is not about the model.
[[nodiscard]] std::string refusal_of(Runtime& runtime, const std::string& model, bool optimizations,
                                     bool provider);

}  // namespace quantwright::agent
