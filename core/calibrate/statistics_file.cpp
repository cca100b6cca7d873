// .qwstats: "QWSTATS1", the header's length (u64, little endian), the header (JSON), then one zstd frame to
// the end: for each tensor its channels' ranges (min, max as float32), where "moving_images" isn't 0 its
// moving average and that of each channel if "moving_channels" (each: the average's min and max, then the
// first image's), and its histogram's counts from the first to the last bin in use (varints). Version 1 knew
// no moving averages; its files are read without them.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/atomic_file.h"
#include "core/calibrate/packed_bytes.h"
#include "core/calibrate/statistics.h"
#include "core/calibrate/worst_images.h"

namespace quantwright {

namespace {

constexpr std::string_view k_magic = "QWSTATS1";
constexpr std::size_t k_length_size = 8;
constexpr int k_version = 2;
constexpr std::int64_t k_most_channels = 1 << 16;

/// First bin in use and how many there are up to the last one.
struct BinSpan {
    int first = 0, count = 0;
};

BinSpan bins_in_use(const Histogram& histogram) {
    const auto used = [](std::uint64_t count) { return count != 0; };
    const auto& counts = histogram.counts();
    const auto first = std::find_if(counts.begin(), counts.end(), used);
    if (first == counts.end())
        return {};
    const auto last = std::find_if(counts.rbegin(), counts.rend(), used).base();
    return {static_cast<int>(first - counts.begin()), static_cast<int>(last - first)};
}

bool moving_channels_kept(const TensorStatistics& tensor) {
    return tensor.moving.images > 0 && tensor.moving_channels.images == tensor.moving.images &&
           tensor.moving_channels.average.size() == tensor.channels.size() && !tensor.channels.empty();
}

Json header_of(const TensorStatistics& tensor) {
    const BinSpan bins = bins_in_use(tensor.histogram);
    Json worst = Json::array();
    for (const auto& image : tensor.worst_images)
        worst.push_back({{"image", image.image}, {"max_abs", shortest(image.max_abs)}});
    return {{"name", tensor.name},
            {"min", shortest(tensor.range.min)},
            {"max", shortest(tensor.range.max)},
            {"mean", tensor.mean},
            {"std", tensor.std},
            {"count", tensor.count},
            {"not_finite", tensor.not_finite},
            {"channel_axis", tensor.channel_axis},
            {"channels", tensor.channels.size()},
            {"moving_images", tensor.moving.images},
            {"moving_channels", moving_channels_kept(tensor)},
            {"exponent", tensor.histogram.exponent()},
            {"first_bin", bins.first},
            {"bins", bins.count},
            {"worst_images", std::move(worst)}};
}

Json header_of(const Statistics& statistics) {
    Json header = {{"quantwright_statistics", k_version},
                   {"model_sha256", statistics.model_sha256},
                   {"source", statistics.source},
                   {"images", statistics.images}};
    header["skipped"] = Json::array();
    for (const SkippedImage& image : statistics.skipped)
        header["skipped"].push_back(
            {{"path", image.path}, {"code", name_of(image.code)}, {"reason", image.reason}});
    header["preprocess"] = statistics.preprocess;
    header["tensors"] = Json::array();
    for (const TensorStatistics& tensor : statistics.tensors)
        header["tensors"].push_back(header_of(tensor));
    return header;
}

/// Reads one file; a Json access that doesn't fit throws.
class Reader {
public:
    explicit Reader(const std::string& subject) : m_subject(subject) {}

    Result<std::shared_ptr<const Statistics>> read(std::string_view bytes) const {
        if (!bytes.starts_with(k_magic) || bytes.size() < k_magic.size() + k_length_size)
            return invalid("no statistics file");
        bytes.remove_prefix(k_magic.size());
        std::uint64_t length = 0;
        for (std::size_t i = 0; i < k_length_size; ++i)
            length |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[i])) << 8 * i;
        bytes.remove_prefix(k_length_size);
        if (length > bytes.size())
            return invalid("the header is cut off");
        const auto header = parse_json(bytes.substr(0, length), ErrorCode::stats_invalid, m_subject);
        if (!header)
            return fail(header);
        ByteUnpacker packed(bytes.substr(length));
        return read(*header, packed);
    }

private:
    [[nodiscard]] tl::unexpected<Error> invalid(const std::string& detail) const {
        return fail(ErrorCode::stats_invalid, m_subject, detail);
    }
    Status keys(const Json& object, std::initializer_list<std::string_view> names,
                const std::string& where) const {
        return only_keys(object, names, ErrorCode::stats_invalid, m_subject, where);
    }

    Result<std::shared_ptr<const Statistics>> read(const Json& header, ByteUnpacker& packed) const {
        if (auto known = keys(header,
                              {"quantwright_statistics", "model_sha256", "source", "images", "skipped",
                               "preprocess", "tensors"},
                              "header");
            !known)
            return fail(known);
        const int version = header.at("quantwright_statistics").get<int>();
        if (version < 1 || version > k_version)
            return invalid("unknown version");
        auto statistics = std::make_shared<Statistics>();
        statistics->model_sha256 = header.at("model_sha256").get<std::string>();
        statistics->source = header.at("source").get<std::string>();
        statistics->images = header.at("images").get<std::int64_t>();
        statistics->preprocess = header.at("preprocess");
        for (const Json& image : header.at("skipped")) {
            const auto code = image.at("code").get<std::string>();
            const auto& all = error_catalogue();
            const auto found =
                std::find_if(all.begin(), all.end(), [&](const ErrorInfo& e) { return e.name == code; });
            if (found == all.end())
                return invalid("unknown code " + code);
            statistics->skipped.push_back(
                {image.at("path").get<std::string>(), found->code, image.value("reason", std::string())});
        }
        for (const Json& tensor : header.at("tensors")) {
            auto read = read_tensor(tensor, version, packed);
            if (!read)
                return fail(read);
            statistics->tensors.push_back(std::move(*read));
        }
        if (!packed.at_end())
            return invalid("the packed part is longer than the header says");
        return statistics;
    }

    Result<TensorStatistics> read_tensor(const Json& json, int version, ByteUnpacker& packed) const {
        if (auto known =
                keys(json,
                     {"name", "min", "max", "mean", "std", "count", "not_finite", "channel_axis", "channels",
                      "moving_images", "moving_channels", "exponent", "first_bin", "bins", "worst_images"},
                     "tensors");
            !known)
            return fail(known);
        TensorStatistics tensor;
        tensor.name = json.at("name").get<std::string>();
        tensor.range = {json.at("min").get<float>(), json.at("max").get<float>()};
        tensor.mean = json.at("mean").get<double>();
        tensor.std = json.at("std").get<double>();
        tensor.count = json.at("count").get<std::int64_t>();
        tensor.not_finite = json.at("not_finite").get<std::int64_t>();
        tensor.channel_axis = json.at("channel_axis").get<int>();
        for (const Json& image : json.at("worst_images"))
            tensor.worst_images.push_back(
                {image.at("image").get<std::string>(), image.at("max_abs").get<float>()});
        const bool sane = is_range(tensor.range) && std::isfinite(tensor.mean) && tensor.std >= 0 &&
                          std::isfinite(tensor.std) && tensor.not_finite >= 0 &&
                          tensor.count >= tensor.not_finite && tensor.channel_axis >= -1 &&
                          tensor.worst_images.size() <= WorstImages::k_most;
        if (!sane || !read_channels(tensor, json.at("channels").get<std::int64_t>(), packed) ||
            !read_moving(tensor, json, version, packed) || !read_histogram(tensor, json, packed))
            return invalid(tensor.name);
        return tensor;
    }

    static bool is_range(Range range) {
        return std::isfinite(range.min) && std::isfinite(range.max) && range.min <= range.max;
    }

    static bool read_channels(TensorStatistics& tensor, std::int64_t count, ByteUnpacker& packed) {
        if (count < 0 || count > k_most_channels || (count > 0) != (tensor.channel_axis >= 0))
            return false;
        for (std::int64_t i = 0; i < count; ++i) {
            Range range;
            if (!packed.get_float(range.min) || !packed.get_float(range.max) || !is_range(range))
                return false;
            tensor.channels.push_back(range);
        }
        return true;
    }

    static bool read_moving(TensorStatistics& tensor, const Json& json, int version, ByteUnpacker& packed) {
        if (version == 1)
            return !json.contains("moving_images") && !json.contains("moving_channels");
        const auto images = json.at("moving_images").get<std::int64_t>();
        const bool channels = json.at("moving_channels").get<bool>();
        if (images == 0)
            return !channels;
        if (images < 0 || images > tensor.count || (channels && tensor.channels.empty()))
            return false;
        return read_moving(tensor.moving, images, 1, packed) &&
               (!channels || read_moving(tensor.moving_channels, images, tensor.channels.size(), packed));
    }

    static bool read_moving(MovingRanges& moving, std::int64_t images, std::size_t size,
                            ByteUnpacker& packed) {
        moving.images = images;
        for (std::size_t i = 0; i < size; ++i) {
            Range average, first;
            for (float* value : {&average.min, &average.max, &first.min, &first.max})
                if (!packed.get_float(*value))
                    return false;
            if (!is_range(average) || !is_range(first))
                return false;
            moving.average.push_back(average);
            moving.first.push_back(first);
        }
        return true;
    }

    static bool read_histogram(TensorStatistics& tensor, const Json& json, ByteUnpacker& packed) {
        const int exponent = json.at("exponent").get<int>();
        const auto first = json.at("first_bin").get<std::int64_t>();
        const auto count = json.at("bins").get<std::int64_t>();
        constexpr std::int64_t all = 2 * Histogram::half;
        if (first < 0 || count < 0 || first > all || count > all - first)
            return false;
        const auto finite = static_cast<std::uint64_t>(tensor.count - tensor.not_finite);
        if (count == 0)
            return finite == 0;
        if (exponent != Histogram::exponent_for(std::max(-tensor.range.min, tensor.range.max)))
            return false;
        std::vector<std::uint64_t> counts(all);
        std::uint64_t total = 0;
        for (std::int64_t i = first; i < first + count; ++i) {
            std::uint64_t& value = counts[static_cast<std::size_t>(i)];
            if (!packed.get_varint(value) || value > finite - total)
                return false;
            total += value;
        }
        tensor.histogram = Histogram::from(exponent, std::move(counts));
        return total == finite;
    }

    const std::string& m_subject;
};

}  // namespace

namespace {

void put(BytePacker& packer, const MovingRanges& moving) {
    for (std::size_t i = 0; i < moving.average.size(); ++i)
        for (const float value :
             {moving.average[i].min, moving.average[i].max, moving.first[i].min, moving.first[i].max})
            packer.put_float(value);
}

}  // namespace

std::string serialize(const Statistics& statistics) {
    const std::string header = header_of(statistics).dump(-1, ' ', false, Json::error_handler_t::replace);
    BytePacker packer;
    for (const TensorStatistics& tensor : statistics.tensors) {
        for (const Range& range : tensor.channels) {
            packer.put_float(range.min);
            packer.put_float(range.max);
        }
        if (tensor.moving.images > 0)
            put(packer, tensor.moving);
        if (moving_channels_kept(tensor))
            put(packer, tensor.moving_channels);
        const BinSpan bins = bins_in_use(tensor.histogram);
        for (int i = bins.first; i < bins.first + bins.count; ++i)
            packer.put_varint(tensor.histogram.counts()[static_cast<std::size_t>(i)]);
    }
    std::string bytes(k_magic);
    for (std::size_t i = 0; i < k_length_size; ++i)
        bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(header.size()) >> 8 * i & 0xff));
    return bytes + header + packer.packed();
}

Result<std::shared_ptr<const Statistics>> deserialize_statistics(std::string_view bytes,
                                                                 const std::string& subject) {
    try {
        return Reader(subject).read(bytes);
    } catch (const std::exception& e) {
        return fail(ErrorCode::stats_invalid, subject, e.what());
    }
}

Status save_statistics(const Statistics& statistics, const std::filesystem::path& path) {
    try {
        return write_file(path, serialize(statistics));
    } catch (const std::exception& e) {
        return fail(ErrorCode::output_unwritable, path.string(), e.what());
    }
}

Result<std::shared_ptr<const Statistics>> load_statistics(const std::filesystem::path& path) {
    const auto bytes = read_file(path, ErrorCode::stats_invalid);
    if (!bytes)
        return fail(bytes);
    return deserialize_statistics(*bytes, path.string());
}

}  // namespace quantwright
