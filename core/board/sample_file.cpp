#include "core/board/sample_file.h"

#include <zstd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <future>
#include <unordered_map>

#include "core/base/json.h"

namespace quantwright {

namespace {

static_assert(std::endian::native == std::endian::little, "elements are written as they lie in memory");

constexpr int k_compression_level = 3;
constexpr std::size_t k_table = 256;

/// The values of one channel, by their bits: -0 and 0 are two.
class ChannelTable {
public:
    /// Empty where a 257th value or one that JSON can't hold comes.
    std::optional<std::uint8_t> code(float value) {
        const auto bits = std::bit_cast<std::uint32_t>(value);
        if (!m_values.empty() && bits == m_last_bits)
            return m_last_code;
        auto found = m_codes.find(bits);
        if (found == m_codes.end()) {
            if (m_values.size() == k_table || !std::isfinite(value))
                return {};
            found = m_codes.emplace(bits, static_cast<std::uint8_t>(m_values.size())).first;
            m_values.push_back(value);
        }
        m_last_bits = bits;
        return m_last_code = found->second;
    }
    [[nodiscard]] const std::vector<float>& values() const { return m_values; }

private:
    std::unordered_map<std::uint32_t, std::uint8_t> m_codes;
    std::vector<float> m_values;
    std::uint32_t m_last_bits = 0;
    std::uint8_t m_last_code = 0;
};

/// One input's way into the file. Tables are tried first.
struct InputForm {
    ElementType type = ElementType::undefined;
    Shape shape;
    std::size_t channels = 1, inner = 1;
    std::vector<ChannelTable> tables;  ///< empty: stored as its elements

    explicit InputForm(const InputSource& source) : type(source.type), shape(source.shape) {
        if (type != ElementType::float32 || shape.size() < 2)
            return;
        channels = static_cast<std::size_t>(shape[1]);
        for (std::size_t axis = 2; axis < shape.size(); ++axis)
            inner *= static_cast<std::size_t>(shape[axis]);
        constexpr std::size_t most_channels = 64;  // beyond, the tables would outweigh what they save
        if (channels <= most_channels)
            tables.resize(channels);
    }

    /// False if the tables can't hold it.
    bool append(const Tensor& tensor, std::string& bytes) {
        if (tables.empty()) {
            bytes.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
            return true;
        }
        const auto values = tensor.floats();
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto code = tables[i / inner % channels].code(values[i]);
            if (!code)
                return false;
            bytes += static_cast<char>(*code);
        }
        return true;
    }
};

/// A file that goes when the object does.
class Temporary {
public:
    explicit Temporary(std::filesystem::path path) : m_path(std::move(path)) {}
    ~Temporary() {
        std::error_code error;
        if (!m_path.empty())
            std::filesystem::remove(m_path, error);
    }
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    void keep() { m_path.clear(); }

private:
    std::filesystem::path m_path;
};

tl::unexpected<Error> not_written(const std::filesystem::path& path) {
    return fail(errno == ENOSPC ? ErrorCode::output_disk_full : ErrorCode::output_unwritable, path.string(),
                errno ? std::strerror(errno) : "");
}

class SampleWriter {
public:
    SampleWriter(const std::filesystem::path& path, const InputReader& reader, std::int64_t count,
                 bool compress, const JobContext& job)
        : m_path(path), m_reader(reader), m_job(job), m_compress(compress) {
        m_total = count > 0 ? std::min(count, reader.size()) : reader.size();
        for (const InputSource& source : reader.sources())
            m_forms.emplace_back(source);
    }

    Result<SampleFile> write() {
        Temporary data(m_path.string() + ".data");
        // An input that its tables turn out not to hold is written as it is, from the first sample on.
        bool again = true;
        while (again) {
            const auto complete = write_data(data.path());
            if (!complete)
                return fail(complete);
            again = !*complete;
        }
        if (m_sizes.empty())
            return none_left(m_reader, m_file.skipped);
        if (auto put = write_whole(data.path()); !put)
            return fail(put);
        m_file.path = m_path;
        m_file.samples = static_cast<std::int64_t>(m_sizes.size());
        return std::move(m_file);
    }

private:
    using Inputs = Result<Batch>;

    [[nodiscard]] std::int64_t nth(std::int64_t n) const { return n * m_reader.size() / m_total; }
    [[nodiscard]] std::future<Inputs> load_later(std::int64_t n) const {
        if (n >= m_total)
            return {};
        return std::async(std::launch::async, [this, n] { return m_reader.load_batch(nth(n)); });
    }

    /// False if it has to be done again with fewer tables.
    Result<bool> write_data(const std::filesystem::path& path) {
        std::ofstream out(path, std::ios::binary | std::ios::trunc);
        m_sizes.clear();
        m_file = {};
        auto next = load_later(0);
        for (std::int64_t n = 0; n < m_total; ++n) {
            const auto inputs = next.get();
            next = load_later(n + 1);
            if (m_job.cancelled())
                return JobContext::cancelled_error();
            const auto some = usable(inputs, m_file.skipped);
            if (!some)
                return fail(some);
            if (!*some)
                continue;
            std::string bytes;
            for (std::size_t i = 0; i < m_forms.size(); ++i)
                if (!m_forms[i].append(inputs->inputs[i], bytes)) {
                    m_forms[i].tables.clear();
                    return false;
                }
            if (m_compress)
                bytes = compressed(bytes);
            errno = 0;
            if (!out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())))
                return not_written(path);
            m_sizes.push_back(bytes.size());
            m_file.indices.push_back(nth(n));
            m_job.report(Stage::prepare, n + 1, m_total);
        }
        errno = 0;
        if (!out.flush())
            return not_written(path);
        return true;
    }

    [[nodiscard]] static std::string compressed(const std::string& bytes) {
        std::string result(ZSTD_compressBound(bytes.size()), '\0');
        result.resize(
            ZSTD_compress(result.data(), result.size(), bytes.data(), bytes.size(), k_compression_level));
        return result;
    }

    [[nodiscard]] std::string header() const {
        Json json = {{"samples", m_sizes.size()}, {"codec", m_compress ? "zstd" : "none"}};
        json["inputs"] = Json::array();
        for (std::size_t i = 0; i < m_forms.size(); ++i) {
            const InputForm& form = m_forms[i];
            Json input = {{"name", m_reader.sources()[i].input},
                          {"type", static_cast<int>(form.type)},
                          {"shape", form.shape}};
            for (const ChannelTable& table : form.tables) {
                Json values = Json::array();
                for (const float value : table.values())
                    values.push_back(static_cast<double>(value));  // all its digits: the bits come back
                input["tables"].push_back(std::move(values));
            }
            json["inputs"].push_back(std::move(input));
        }
        json["sizes"] = m_sizes;
        return json.dump(-1, ' ', false, Json::error_handler_t::replace);
    }

    /// Header and data become one file, which gets its name when it is complete.
    Status write_whole(const std::filesystem::path& data) {
        Temporary part(m_path.string() + ".part");
        const std::string text = header();
        const auto length = static_cast<std::uint32_t>(text.size());
        std::array<char, 4> length_bytes{};
        std::memcpy(length_bytes.data(), &length, length_bytes.size());
        std::ofstream out(part.path(), std::ios::binary | std::ios::trunc);
        std::ifstream in(data, std::ios::binary);
        errno = 0;
        out.write("QWS1", 4).write(length_bytes.data(), 4) << text;
        if (in.peek() != std::ifstream::traits_type::eof())
            out << in.rdbuf();
        if (!out.flush() || !in)
            return not_written(part.path());
        out.close();
        std::error_code error;
        m_file.bytes = std::filesystem::file_size(part.path(), error);
        std::filesystem::rename(part.path(), m_path, error);
        if (error)
            return fail(ErrorCode::output_unwritable, m_path.string(), error.message());
        part.keep();
        return {};
    }

    const std::filesystem::path& m_path;
    const InputReader& m_reader;
    const JobContext& m_job;
    bool m_compress = false;
    std::int64_t m_total = 0;
    std::vector<InputForm> m_forms;
    std::vector<std::uint64_t> m_sizes;
    SampleFile m_file;
};

}  // namespace

Result<SampleFile> write_samples(const std::filesystem::path& path, const InputReader& reader,
                                 std::int64_t count, bool compress, const JobContext& job) {
    try {
        return SampleWriter(path, reader, count, compress, job).write();
    } catch (const std::exception& e) {
        return fail(ErrorCode::output_unwritable, path.string(), e.what());
    }
}

}  // namespace quantwright
