#pragma once
// Samples as files: .npy of float32, read back by the real reader.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/images/input_reader.h"
#include "core/model/model.h"

namespace quantwright::testing {

/// numpy.lib.format, version 1.0: magic, header length, a Python dict padded to 64 bytes, the elements.
inline void write_npy(const std::filesystem::path& path, const Tensor& tensor) {
    std::string dict = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
    for (const auto size : tensor.shape)
        dict += std::to_string(size) + ",";
    dict += "), }";
    dict.append(63 - (10 + dict.size()) % 64, ' ');
    dict += "\n";
    std::ofstream file(path, std::ios::binary);
    file.write("\x93NUMPY\x01\x00", 8);
    file.put(static_cast<char>(dict.size() & 0xff)).put(static_cast<char>(dict.size() >> 8));
    file << dict;
    file.write(reinterpret_cast<const char*>(tensor.bytes.data()),
               static_cast<std::streamsize>(tensor.bytes.size()));
}

/// Writes first inputs as s000.npy, s001.npy …; later ones with longer names sort the same way.
inline void write_samples(const std::filesystem::path& folder,
                          const std::vector<std::vector<Tensor>>& samples) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const std::string number = std::to_string(1000 + i).substr(1);
        write_npy(folder / ("s" + number + ".npy"), samples[i].front());
    }
}

/// Over the files of a folder, for a model with one input. Aborts the test on an error.
inline std::shared_ptr<const InputReader> reader_of(const std::filesystem::path& folder, const Model& model,
                                                    const ImageListOptions& options = {}) {
    const auto list = list_images(folder, options);
    if (!list)
        std::abort();
    InputSource source;
    source.input = model.inputs().front().name;
    for (const auto& dimension : model.inputs().front().shape)
        source.shape.push_back(dimension.value);
    source.list = *list;
    auto reader = InputReader::create({source});
    if (!reader)
        std::abort();
    return *reader;
}

}  // namespace quantwright::testing
