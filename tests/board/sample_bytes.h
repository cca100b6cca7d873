#pragma once
// Sample files (.qws) byte by byte, written by the test itself: right ones and wrong ones.
#include <zstd.h>

#include <cstring>
#include <string>
#include <vector>

#include "core/base/json.h"

namespace quantwright::testing {

inline std::string sample_file(const std::string& header, const std::string& data) {
    std::string file = "QWS1";
    for (int byte = 0; byte < 4; ++byte)
        file += char(header.size() >> (8 * byte) & 255);
    return file + header + data;
}

template <class T>
std::string bytes_of(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

inline std::string compressed(const std::string& bytes) {
    std::string frame(ZSTD_compressBound(bytes.size()), '\0');
    frame.resize(ZSTD_compress(frame.data(), frame.size(), bytes.data(), bytes.size(), 3));
    return frame;
}

/// A file of samples, each the inputs' bytes in order.
inline std::string sample_file(const Json& inputs, const std::vector<std::string>& samples, bool compress) {
    Json header = {{"samples", samples.size()}, {"codec", compress ? "zstd" : "none"}, {"inputs", inputs}};
    header["sizes"] = Json::array();
    std::string data;
    for (const std::string& sample : samples) {
        const std::string stored = compress ? compressed(sample) : sample;
        header["sizes"].push_back(stored.size());
        data += stored;
    }
    return sample_file(header.dump(), data);
}

}  // namespace quantwright::testing
