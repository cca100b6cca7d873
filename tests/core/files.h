#pragma once
// Files for tests to read.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace quantwright::testing {

inline std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

inline void write(const std::filesystem::path& path, const std::string& content) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

/// A .npy file: header text padded as NumPy does, then the elements.
template <class T>
std::string npy(const std::string& descr, const std::string& shape, const std::vector<T>& values,
                bool fortran = false, int version = 1) {
    std::string header = "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") +
                         ", 'shape': " + shape + ", }";
    header.resize((header.size() + 12 + 64) / 64 * 64 - 13, ' ');
    header += '\n';
    std::string file = "\x93NUMPY";
    file += static_cast<char>(version);
    file += '\0';
    const std::size_t length = header.size();
    for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
        file += static_cast<char>(length >> 8 * i & 255);
    return file + header +
           std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

}  // namespace quantwright::testing
