#pragma once
// What benchmarks begin with.
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "core/images/input_reader.h"
#include "core/prepare/prepare.h"

namespace quantwright::bench {

template <class T>
T value_or_exit(Result<T> result) {
    if (result)
        return std::move(*result);
    const Error& error = result.error();
    std::fprintf(stderr, "%s: %s %s\n", std::string(name_of(error.code)).c_str(), error.subject.c_str(),
                 error.detail.c_str());
    std::exit(1);
}

/// Processor time of the whole process: other programs on the machine disturb it less than the clock on the
/// wall.
template <class Work>
double seconds(const Work& work) {
    const std::clock_t start = std::clock();
    work();
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

/// The images for the model's image input; `preprocess` a preset or a file, "" the input's own.
inline std::shared_ptr<const InputReader> reader_for(const Prepared& prepared, const char* images,
                                                     const char* preprocess) {
    const ValueInfo input = value_or_exit(image_input(*prepared.model));
    InputSource source;
    source.input = input.name;
    source.type = input.type;
    for (const auto& dimension : input.shape)
        source.shape.push_back(dimension.value);
    source.list = value_or_exit(list_images(images));
    source.preprocess = value_or_exit(resolve_preprocess(preprocess, source.shape));
    return value_or_exit(InputReader::create({source}));
}

}  // namespace quantwright::bench
