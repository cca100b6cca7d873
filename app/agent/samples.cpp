#include "samples.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "failure.h"
#include "zstd.h"

namespace quantwright::agent {

namespace {

constexpr std::uint64_t longest_header = std::uint64_t{16} << 20;
constexpr std::uint64_t largest_sample = std::uint64_t{1} << 30;
constexpr std::size_t most_samples = 1000000, most_inputs = 1024, most_dimensions = 16;
constexpr std::uint64_t start_bytes = 8;  // "QWS1" and the header's length

}  // namespace

void SampleFile::damaged(const std::string& why) const {
    throw Failure{"board.bad_answer", m_path, why};
}

SampleFile::SampleFile(const std::string& path)
    : m_path(path), m_file(std::fopen(path.c_str(), "rbe"), std::fclose) {
    struct stat status {};
    if (!m_file || fstat(fileno(m_file.get()), &status) != 0 || !S_ISREG(status.st_mode))
        throw Failure{"board.file_missing", path, m_file ? "no regular file" : std::strerror(errno)};
    const auto size = static_cast<std::uint64_t>(status.st_size);
    unsigned char start[start_bytes];
    if (std::fread(start, 1, sizeof start, m_file.get()) != sizeof start ||
        std::memcmp(start, "QWS1", 4) != 0)
        damaged("it does not begin as a sample file");
    std::uint64_t length = 0;
    for (int i = 3; i >= 0; --i)
        length = length << 8 | start[4 + i];
    if (length > longest_header || length > size - start_bytes)
        damaged("its header is longer than the file, or than any header is");
    std::string text(length, '\0');
    if (std::fread(text.data(), 1, length, m_file.get()) != length)
        damaged("its header can't be read");
    const Json header = Json::parse(text, nullptr, false);
    if (!header.is_object())
        damaged("its header is no JSON object");
    try {
        read_header(header, start_bytes + length, size);
    } catch (const Json::exception& error) {
        damaged(error.what());
    }
}

void SampleFile::read_header(const Json& header, std::uint64_t begin, std::uint64_t size) {
    const auto& codec = header.at("codec").get_ref<const std::string&>();
    m_compressed = codec == "zstd";
    if (!m_compressed && codec != "none")
        damaged("its codec is unknown");
    if (m_compressed && !has_zstd())
        damaged("it is compressed, and there is no libzstd.so.1");

    const Json& inputs = header.at("inputs");
    if (!inputs.is_array() || inputs.empty() || inputs.size() > most_inputs)
        damaged("its number of inputs is out of range");
    for (const Json& input : inputs) {
        m_inputs.push_back(read_input(input));
        m_stored += m_inputs.back().stored;
        if (m_stored > largest_sample)
            damaged("its samples are too large");
    }

    const Json& sizes = header.at("sizes");
    if (!sizes.is_array() || sizes.size() > most_samples || !header.at("samples").is_number_unsigned() ||
        header.at("samples").get<std::uint64_t>() != sizes.size())
        damaged("its number of samples is wrong");
    std::uint64_t offset = begin;
    m_offsets.push_back(offset);
    for (const Json& one : sizes) {
        const std::uint64_t bytes = one.is_number_unsigned() ? one.get<std::uint64_t>() : 0;
        if (bytes == 0 || bytes > size - offset || (!m_compressed && bytes != m_stored))
            damaged("the size of a sample is wrong");
        offset += bytes;
        m_offsets.push_back(offset);
    }
    if (offset != size)
        damaged("it is longer than its samples");
}

SampleFile::Input SampleFile::read_input(const Json& json) const {
    Input input;
    input.name = json.at("name").get<std::string>();
    const Json& type = json.at("type");
    if (!type.is_number_unsigned() || type.get<std::uint64_t>() > 1000)
        damaged("the type of an input is no type's number");
    input.type = type.get<int>();
    const Json& shape = json.at("shape");
    if (!shape.is_array() || shape.size() > most_dimensions)
        damaged("the shape of an input is no list, or too long a one");
    for (const Json& dimension : shape) {
        if (!dimension.is_number_unsigned() || dimension.get<std::uint64_t>() == 0)
            damaged("a dimension of an input is no positive number");
        input.shape.push_back(dimension.get<std::int64_t>());
    }
    const auto bytes = byte_count(input.type, input.shape);
    if (!bytes || *bytes > largest_sample)
        damaged("the shape or type of an input makes no sense");
    input.bytes = input.stored = *bytes;
    if (!json.contains("tables"))
        return input;

    const Json& tables = json.at("tables");
    constexpr int float32 = 1;
    if (input.type != float32 || input.shape.size() < 2 || !tables.is_array() ||
        tables.size() != static_cast<std::uint64_t>(input.shape[1]))
        damaged("the tables of an input don't belong to its shape");
    for (const Json& table : tables) {
        if (!table.is_array() || table.empty() || table.size() > 256)
            damaged("a table does not have 1 to 256 numbers");
        std::vector<float> values;
        for (const Json& value : table)
            values.push_back(static_cast<float>(value.get<double>()));
        if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); }))
            damaged("a number in a table is out of range");
        input.tables.push_back(std::move(values));
    }
    input.stored = *bytes / sizeof(float);
    return input;
}

std::vector<std::byte> SampleFile::stored_sample(std::int64_t sample) const {
    const auto index = static_cast<std::size_t>(sample);
    std::vector<std::byte> bytes(m_offsets[index + 1] - m_offsets[index]);
    if (fseeko(m_file.get(), static_cast<off_t>(m_offsets[index]), SEEK_SET) != 0 ||
        std::fread(bytes.data(), 1, bytes.size(), m_file.get()) != bytes.size())
        damaged("a sample can't be read");
    if (!m_compressed)
        return bytes;
    std::vector<std::byte> raw(m_stored);
    if (!decompress(bytes, raw))
        damaged("sample " + std::to_string(sample) + " can't be decompressed");
    return raw;
}

std::vector<std::byte> SampleFile::elements(const Input& input, std::vector<std::byte> stored) const {
    if (input.tables.empty())
        return stored;
    std::vector<std::byte> bytes(input.bytes);
    const std::size_t channels = input.tables.size();
    const std::size_t outer = static_cast<std::size_t>(input.shape[0]);
    const std::size_t inner = stored.size() / channels / outer;
    for (std::size_t row = 0; row < outer * channels; ++row) {
        const std::vector<float>& table = input.tables[row % channels];
        for (std::size_t i = row * inner; i < (row + 1) * inner; ++i) {
            const auto code = std::to_integer<std::size_t>(stored[i]);
            if (code >= table.size())
                damaged("a sample has a number that its table does not have");
            std::memcpy(bytes.data() + i * sizeof(float), &table[code], sizeof(float));
        }
    }
    return bytes;
}

Feed SampleFile::read(std::int64_t sample, const Session& session) const {
    std::vector<std::vector<std::int64_t>> shapes;
    std::vector<std::vector<std::byte>> memory;
    const std::vector<std::byte> all = stored_sample(sample);
    for (const Value& wanted : session.inputs()) {
        auto offset = all.begin();
        const auto found = std::ranges::find_if(m_inputs, [&](const Input& input) {
            if (input.name == wanted.name)
                return true;
            offset += static_cast<std::ptrdiff_t>(input.stored);
            return false;
        });
        if (found == m_inputs.end())
            throw Failure{"board.bad_answer", wanted.name, "the samples have no such input"};
        const auto fits = [](std::int64_t have, std::int64_t want) { return want < 0 || have == want; };
        if (found->type != wanted.type || !std::ranges::equal(found->shape, wanted.shape, fits))
            throw Failure{"board.bad_answer", wanted.name, "the samples have another type or shape"};
        const auto end = offset + static_cast<std::ptrdiff_t>(found->stored);
        shapes.push_back(found->shape);
        memory.push_back(elements(*found, {offset, end}));
    }
    return session.feed(shapes, std::move(memory));
}

}  // namespace quantwright::agent
