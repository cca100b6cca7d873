#pragma once
// The text form of a converted ncnn network, and which of its layers is which of ours. Private to
// core/export.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/prepare/prepare.h"

namespace quantwright {

struct NcnnLayer {
    std::string type, name;
    std::vector<std::string> inputs, outputs;  ///< blobs
    std::map<int, std::string> values;         ///< key=value pairs

    /// A layer that ncnn2int8 takes scales for.
    [[nodiscard]] bool has_table_row() const;
    [[nodiscard]] std::int64_t value(int key, std::int64_t otherwise) const;
};

/// Errors: ncnn.param_invalid (with the line).
Result<std::vector<NcnnLayer>> parse_ncnn_param(const std::string& text, const std::string& subject);
Result<std::vector<NcnnLayer>> read_ncnn_param(const std::filesystem::path& path);

/// Convolutions have groups; 1 for everything else.
[[nodiscard]] std::int64_t groups_of(const Prepared& prepared, const Layer& layer);

/// By index of Prepared::layers: index into the .param's layers, -1 for none.
struct NcnnMatch {
    std::vector<int> layers;
    int by_order = 0;  ///< how many only their place in the network told
};
/// By names of layers and output blobs; where those don't tell, by order, if kind, sizes and connections of
/// all layers agree.
[[nodiscard]] NcnnMatch match_ncnn_layers(const Prepared& prepared, const std::vector<NcnnLayer>& layers);

}  // namespace quantwright
