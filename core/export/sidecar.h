#pragma once
// Files that go beside a float model for runtimes that quantize it themselves.
#include <filesystem>
#include <vector>

#include "core/base/error.h"

namespace quantwright {

struct Sidecar {
    std::filesystem::path path;
    int entries = 0;                ///< tensors of a TensorRT cache, layers of an ncnn table
    std::vector<Problem> problems;  ///< what could not be said in it, and what was taken for granted
};

}  // namespace quantwright
