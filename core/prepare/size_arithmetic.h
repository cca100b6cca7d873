#pragma once
// What of a model holds for every size of its open dimensions, and how it computes what does not. Measuring
// needs fixed sizes, so the prepared graph has constants there; an exported file gets the arithmetic back.
#include <onnx/onnx_pb.h>

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace quantwright {

struct SizeArithmetic {
    /// As a file for every size declares them: the model's own, with what the user gave in the place of
    /// declared sizes. In the order of the prepared graph's.
    std::vector<onnx::ValueInfoProto> inputs, outputs;
    bool has_open_input = false;
    bool overridden = false;  ///< the user gave another size than a declared one

    /// Nodes that were taken out of the graph, in the order they run; their results are constants there.
    std::vector<onnx::NodeProto> nodes;
    /// What they read that was a constant when they were taken out.
    std::unordered_map<std::string, onnx::TensorProto> constants;
    /// Constants of the prepared graph that hold for the measured sizes alone. Each is the output of one of
    /// `nodes`. By element, where that is known: whether it depends on a size. Empty: all of them do.
    std::unordered_map<std::string, std::vector<bool>> results;

    /// By tensor: a number or a name for each dimension; equal names are equal sizes. What ONNX's shape
    /// inference finds with the inputs above. Not in here: nothing is known.
    std::unordered_map<std::string, onnx::TensorShapeProto> shapes;
    /// By tensor that one of `nodes` takes the Shape or Size of: a tensor of the prepared graph with the same
    /// dimensions, at the end of a layer. Not in here: there is none.
    std::unordered_map<std::string, std::string> same_shape;
};

}  // namespace quantwright
