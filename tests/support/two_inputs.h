#pragma once
// A network with two inputs and samples for both, as files.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/core/files.h"
#include "tests/support/small_models.h"

namespace quantwright::testing {

/// `token_ids` (int64, 1 x 4) comes before `image` (1 x 3 x 8 x 8).
inline std::shared_ptr<const Model> two_inputs() {
    ModelBuilder b;
    b.input("token_ids", {1, 4}, ElementType::int64).input("image", {1, 3, 8, 8});
    auto& to = *b.node("Cast", "cast", {"token_ids"}, {"tokens"}).add_attribute();
    to.set_name("to");
    to.set_type(onnx::AttributeProto::INT);
    to.set_i(1);
    b.conv("conv", "image", "c", 3, 4).node("GlobalAveragePool", "pool", {"c"}, {"p"});
    b.node("Flatten", "flat", {"p"}, {"f"});
    b.weight("w", {4, 4}).node("MatMul", "fc", {"tokens", "w"}, {"t"});
    b.node("Add", "add", {"f", "t"}, {"y"});
    b.output("y");
    return b.build();
}

/// A 24-bit Windows bitmap of 8 by 8 pixels of one gray.
inline std::string bitmap(int gray) {
    std::string file = "BM";
    const auto put = [&](std::uint32_t value, int bytes) {
        for (int i = 0; i < bytes; ++i)
            file += static_cast<char>(value >> 8 * i & 255);
    };
    constexpr std::uint32_t header = 54, side = 8, pixels = side * side * 3;
    for (const std::uint32_t value : {header + pixels, 0U, header, 40U, side, side})
        put(value, 4);
    put(1, 2);
    put(24, 2);
    for (const std::uint32_t value : {0U, pixels, 0U, 0U, 0U, 0U})
        put(value, 4);
    return file + std::string(pixels, static_cast<char>(gray));
}

/// Four numbers from `from` on.
inline std::vector<std::int64_t> four_tokens(std::int64_t from) {
    return {from, from + 1, from + 2, from + 3};
}

/// Five samples: images/a.bmp to e.bmp; tokens from 100 i on, in ids/i.npy, in raw/i.raw and all in ids.npy;
/// list.txt names the images from the last to the first; one/only.npy has the tokens from 7 on.
inline void write_two_inputs(const std::filesystem::path& folder) {
    std::string list;
    std::vector<std::int64_t> all;
    for (int i = 0; i < 5; ++i) {
        const std::string letter(1, static_cast<char>('a' + i)), number = std::to_string(i);
        write(folder / "images" / (letter + ".bmp"), bitmap(50 * i));
        const auto ids = four_tokens(100 * i);
        all.insert(all.end(), ids.begin(), ids.end());
        write(folder / "ids" / (number + ".npy"), npy("<i8", "(4,)", ids));
        write(folder / "raw" / (number + ".raw"),
              std::string(reinterpret_cast<const char*>(ids.data()), ids.size() * sizeof(std::int64_t)));
        list.insert(0, "images/" + letter + ".bmp\n");
    }
    write(folder / "ids.npy", npy("<i8", "(5, 4)", all));
    write(folder / "one" / "only.npy", npy("<i8", "(4,)", four_tokens(7)));
    write(folder / "list.txt", list);
}

}  // namespace quantwright::testing
