// The sample file a board gets: read back by the test's own reader, every input is the host's, bit for bit.
#include <zstd.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/base/json.h"
#include "core/board/sample_file.h"
#include "tests/support/sample_files.h"

using namespace quantwright;
namespace qt = quantwright::testing;

class TestSampleFile : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;

    [[nodiscard]] std::filesystem::path place(const QString& name) const {
        return m_folder->filePath(name).toStdString();
    }

    /// What docs/board-protocol.md says of the format, read without mercy.
    struct Read {
        Json header;
        std::vector<std::vector<std::string>> samples;  ///< the elements of every input
        std::vector<std::size_t> stored;                ///< bytes of a sample before compression
        QByteArray bytes;
    };
    static Read read(const std::filesystem::path& path) {
        QFile file(QString::fromStdString(path.string()));
        Read result;
        if (!file.open(QIODevice::ReadOnly))
            qFatal("%s is not there", path.c_str());
        result.bytes = file.readAll();
        const std::string all = result.bytes.toStdString();
        if (all.substr(0, 4) != "QWS1")
            qFatal("no sample file");
        std::uint32_t length = 0;
        std::memcpy(&length, all.data() + 4, 4);
        result.header = Json::parse(all.substr(8, length));
        std::size_t at = 8 + length;
        for (const Json& size : result.header["sizes"]) {
            std::string data = all.substr(at, size.get<std::size_t>());
            at += size.get<std::size_t>();
            if (result.header["codec"] == "zstd") {
                const auto whole = ZSTD_getFrameContentSize(data.data(), data.size());
                std::string raw(whole, '\0');
                if (ZSTD_decompress(raw.data(), raw.size(), data.data(), data.size()) != whole)
                    qFatal("bad frame");
                data = raw;
            }
            result.stored.push_back(data.size());
            result.samples.push_back(elements(result.header["inputs"], data));
        }
        if (at != all.size())
            qFatal("bytes behind the last sample");
        return result;
    }
    static std::vector<std::string> elements(const Json& inputs, const std::string& data) {
        std::vector<std::string> result;
        std::size_t at = 0;
        for (const Json& input : inputs) {
            std::size_t count = 1;
            for (const Json& axis : input["shape"])
                count *= axis.get<std::size_t>();
            std::string bytes;
            if (!input.contains("tables")) {
                const auto size = count * size_of(static_cast<ElementType>(input["type"].get<int>()));
                bytes = data.substr(at, size);
                at += size;
            } else {
                const std::size_t channels = input["tables"].size();
                std::size_t inner = 1;
                for (std::size_t axis = 2; axis < input["shape"].size(); ++axis)
                    inner *= input["shape"][axis].get<std::size_t>();
                for (std::size_t i = 0; i < count; ++i) {
                    const Json& table = input["tables"][i / inner % channels];
                    const auto value =
                        static_cast<float>(table.at(static_cast<unsigned char>(data.at(at++))).get<double>());
                    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
                }
            }
            result.push_back(bytes);
        }
        if (at != data.size())
            qFatal("bytes behind the last input");
        return result;
    }

    static void compare(const Read& file, const InputReader& reader, const SampleFile& written) {
        QCOMPARE(file.samples.size(), written.indices.size());
        for (std::size_t i = 0; i < file.samples.size(); ++i) {
            const auto inputs = reader.load(written.indices[i]);
            QVERIFY(inputs);
            QCOMPARE(file.samples[i].size(), inputs->size());
            for (std::size_t k = 0; k < inputs->size(); ++k) {
                const auto& bytes = (*inputs)[k].bytes;
                QVERIFY2(file.samples[i][k] ==
                             std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
                         qPrintable(QString("sample %1, input %2").arg(i).arg(k)));
            }
        }
    }

    static std::shared_ptr<const InputReader> images(std::int64_t count) {
        InputSource source;
        source.input = "image";
        source.shape = {1, 1, 28, 28};
        ImageListOptions options;
        options.count = count;
        const auto list = list_images(QUANTWRIGHT_SAMPLE_DIR "/evaluation", options);
        const auto preprocess = resolve_preprocess(QUANTWRIGHT_SAMPLE_DIR "/preprocess.json", source.shape);
        if (!list || !preprocess)
            qFatal("no sample images");
        source.list = *list;
        source.preprocess = *preprocess;
        return *InputReader::create({source});
    }

    /// Over .npy files with these values.
    std::shared_ptr<const InputReader> arrays(const std::vector<std::vector<float>>& samples,
                                              const Shape& shape) {
        std::filesystem::create_directory(place("arrays"));
        for (std::size_t i = 0; i < samples.size(); ++i)
            qt::write_npy(place("arrays") / ("s" + std::to_string(100 + i) + ".npy"),
                          make_tensor(shape, samples[i]));
        InputSource source;
        source.input = "data";
        source.shape = shape;
        source.list = *list_images(place("arrays"));
        return *InputReader::create({source});
    }

    [[nodiscard]] QStringList names() const {
        return QDir(m_folder->path()).entryList(QDir::Files | QDir::Hidden, QDir::Name);
    }

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void images_take_a_byte_per_pixel_data() {
        QTest::addColumn<bool>("compress");
        QTest::newRow("zstd") << true;
        QTest::newRow("none") << false;
    }
    void images_take_a_byte_per_pixel() {
        QFETCH(bool, compress);
        const auto reader = images(40);
        const auto written = write_samples(place("a.qws"), *reader, 0, compress);
        QVERIFY(written);
        QCOMPARE(written->samples, reader->size());
        QCOMPARE(names(), QStringList("a.qws"));
        const Read file = read(written->path);
        QCOMPARE(static_cast<std::uint64_t>(file.bytes.size()), written->bytes);
        QCOMPARE(file.header["codec"].get<std::string>(), std::string(compress ? "zstd" : "none"));
        QCOMPARE(file.header["inputs"][0]["name"].get<std::string>(), std::string("image"));
        QVERIFY(file.header["inputs"][0]["tables"][0].size() <= 256);
        QCOMPARE(file.stored.front(), std::size_t(28 * 28));
        compare(file, *reader, *written);
        if (compress)
            QVERIFY(written->bytes < static_cast<std::uint64_t>(40 * 28 * 28));
        // The same samples give the same bytes: the board has them already the second time.
        const auto again = write_samples(place("b.qws"), *reader, 0, compress);
        QVERIFY(again);
        QVERIFY(read(again->path).bytes == file.bytes);
    }

    void some_are_spread_evenly() {
        const auto reader = images(40);
        const auto written = write_samples(place("a.qws"), *reader, 7, true);
        QVERIFY(written);
        QCOMPARE(written->indices, (std::vector<std::int64_t>{0, 5, 11, 17, 22, 28, 34}));
        compare(read(written->path), *reader, *written);
        QVERIFY(write_samples(place("c.qws"), *reader, 1000, true)->samples == 40);
    }

    void any_floats_come_back_bit_for_bit() {
        std::vector<std::vector<float>> samples(3, std::vector<float>(2 * 16 * 16));
        for (std::size_t s = 0; s < samples.size(); ++s)
            for (std::size_t i = 0; i < samples[s].size(); ++i)
                samples[s][i] = std::sin(static_cast<float>(i + 1000 * s));
        const auto reader = arrays(samples, {1, 2, 16, 16});
        const auto written = write_samples(place("a.qws"), *reader, 0, true);
        QVERIFY(written);
        const Read file = read(written->path);
        QVERIFY(!file.header["inputs"][0].contains("tables"));
        compare(file, *reader, *written);
    }

    void tables_hold_odd_numbers() {
        // Both zeros, the smallest and largest floats, and one that no short decimal is.
        std::vector<float> values = {0.0F,
                                     -0.0F,
                                     std::numeric_limits<float>::denorm_min(),
                                     std::numeric_limits<float>::max(),
                                     std::nextafter(0.1F, 1.0F),
                                     0.1F};
        const auto reader = arrays({values, values}, {1, 1, 2, 3});
        const auto written = write_samples(place("a.qws"), *reader, 0, true);
        QVERIFY(written);
        const Read file = read(written->path);
        QCOMPARE(file.header["inputs"][0]["tables"][0].size(), values.size());
        compare(file, *reader, *written);
    }

    void json_has_no_infinity() {
        const auto reader = arrays(
            {{1, 2, 3, std::numeric_limits<float>::infinity()}, {1, 2, 3, std::nanf("")}}, {1, 1, 2, 2});
        const auto written = write_samples(place("a.qws"), *reader, 0, true);
        QVERIFY(written);
        const Read file = read(written->path);
        QVERIFY(!file.header["inputs"][0].contains("tables"));
        compare(file, *reader, *written);
    }

    void a_table_that_fills_up_late_is_given_up() {
        std::vector<std::vector<float>> samples(4, std::vector<float>(100, 1.0F));
        for (std::size_t s = 0; s < samples.size(); ++s)
            for (std::size_t i = 0; i < 100; ++i)
                samples[s][i] =
                    static_cast<float>(100 * s + i);  // 400 values in all, 256 are there in the third
        const auto reader = arrays(samples, {1, 1, 10, 10});
        const auto written = write_samples(place("a.qws"), *reader, 0, true);
        QVERIFY(written);
        const Read file = read(written->path);
        QVERIFY(!file.header["inputs"][0].contains("tables"));
        QCOMPARE(file.samples.size(), std::size_t(4));
        compare(file, *reader, *written);
        const auto fewer =
            write_samples(place("b.qws"), *arrays({samples[0], samples[1]}, {1, 1, 10, 10}), 2, true);
        QVERIFY(fewer);
        QVERIFY(read(fewer->path).header["inputs"][0].contains("tables"));
    }

    void unreadable_images_are_left_out() {
        const auto good = images(3);
        InputSource source = good->sources().front();
        std::ofstream(place("broken.png")) << "no image";
        source.list.files.insert(source.list.files.begin() + 1,
                                 ImageFile{place("broken.png"), "broken.png", {}});
        const auto reader = *InputReader::create({source});
        const auto written = write_samples(place("a.qws"), *reader, 0, true);
        QVERIFY(written);
        QCOMPARE(written->indices, (std::vector<std::int64_t>{0, 2, 3}));
        QCOMPARE(written->skipped.size(), std::size_t(1));
        compare(read(written->path), *reader, *written);
        source.list.files = {source.list.files[1]};
        const auto nothing = write_samples(place("b.qws"), **InputReader::create({source}), 0, true);
        QVERIFY(!nothing && nothing.error().code == ErrorCode::images_none_left);
    }

    void a_cancelled_one_leaves_nothing() {
        CancelToken token;
        const JobContext job(token, [&](const Progress& progress) {
            if (progress.done == 2)
                token.cancel();
        });
        const auto written = write_samples(place("a.qws"), *images(10), 0, true, job);
        QVERIFY(!written && written.error().code == ErrorCode::cancelled);
        QCOMPARE(names(), QStringList());
    }

    void where_nothing_can_be_written() {
        const auto written = write_samples(place("none/a.qws"), *images(2), 0, true);
        QVERIFY(!written && written.error().code == ErrorCode::output_unwritable);
    }
};

QTEST_GUILESS_MAIN(TestSampleFile)
#include "test_sample_file.moc"
