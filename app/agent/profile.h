#pragma once
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace quantwright::agent {

struct NodeTime {
    std::string node, op, provider;
    double us = 0;          ///< of one run of the model; what a loop runs several times is summed
    std::int64_t runs = 0;  ///< of the model, whose mean this is
};

/// ONNX Runtime's profile from its beginning, line by line: each is one event. The model's first run is left
/// out where there are more. Throws Failure board.bad_answer if no run is in it.
[[nodiscard]] std::vector<NodeTime> read_profile(std::FILE* file);

}  // namespace quantwright::agent
