#pragma once
// A sample file (.qws, docs/board-protocol.md). Nothing it says is believed before it was checked against its
// size.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "json.h"
#include "session.h"

namespace quantwright::agent {

class SampleFile {
public:
    /// Throws Failure board.file_missing; board.bad_answer (subject: the path) if it is damaged, or
    /// compressed and the board has no zstd.
    explicit SampleFile(const std::string& path);

    [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(m_offsets.size()) - 1; }
    /// The inputs of one sample as the session takes them. Throws Failure board.bad_answer where they don't
    /// fit (subject: the input) or the sample is damaged.
    [[nodiscard]] Feed read(std::int64_t sample, const Session& session) const;

private:
    struct Input {
        std::string name;
        int type = 0;
        std::vector<std::int64_t> shape;
        std::vector<std::vector<float>> tables;  ///< by channel; empty: stored as its elements
        std::uint64_t bytes = 0, stored = 0;     ///< of a sample, as the session takes them and in the file
    };

    [[noreturn]] void damaged(const std::string& why) const;
    void read_header(const Json& header, std::uint64_t begin, std::uint64_t size);
    Input read_input(const Json& json) const;
    std::vector<std::byte> stored_sample(std::int64_t sample) const;
    std::vector<std::byte> elements(const Input& input, std::vector<std::byte> stored) const;

    std::string m_path;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> m_file;
    bool m_compressed = false;
    std::vector<Input> m_inputs;
    std::uint64_t m_stored = 0;            ///< bytes of a sample before compression
    std::vector<std::uint64_t> m_offsets;  ///< of the samples in the file, and the file's end
};

}  // namespace quantwright::agent
