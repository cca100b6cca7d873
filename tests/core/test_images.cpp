// Decoding: golden pixels of every format, and files that are none.
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <memory>
#include <random>

#include "core/base/json.h"
#include "core/images/input_reader.h"
#include "tests/core/files.h"

using namespace quantwright;
using testing::bytes_of;
using testing::write;
namespace fs = std::filesystem;

namespace {

const fs::path data = QUANTWRIGHT_TEST_DATA_DIR;

std::vector<std::uint8_t> from_hex(const std::string& hex) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i + 2 <= hex.size(); i += 2)
        bytes.push_back(static_cast<std::uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
    return bytes;
}

int largest_difference(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
    if (a.size() != b.size())
        return 256;
    int largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(int{a[i]} - int{b[i]}));
    return largest;
}

}  // namespace

class TestImages : public QObject {
    Q_OBJECT

private slots:
    void init();
    void decodes_to_the_golden_pixels_data();
    void decodes_to_the_golden_pixels();
    void unreadable_files_data();
    void unreadable_files();
    void every_truncation_is_refused_data();
    void every_truncation_is_refused();
    void too_large_before_decoding_data();
    void too_large_before_decoding();
    void damaged_files_never_crash();

private:
    fs::path m_folder;
    std::unique_ptr<QTemporaryDir> m_temporary;
};

void TestImages::init() {
    m_temporary = std::make_unique<QTemporaryDir>();
    m_folder = m_temporary->path().toStdString();
}

void TestImages::decodes_to_the_golden_pixels_data() {
    QTest::addColumn<QString>("name");
    const Result<Json> golden =
        parse_json(bytes_of(data / "decode_golden.json"), ErrorCode::runtime_failed, "golden");
    QVERIFY(golden.has_value());
    for (const auto& [name, image] : (*golden)["images"].items())
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
}

void TestImages::decodes_to_the_golden_pixels() {
    QFETCH(QString, name);
    const Json golden =
        *parse_json(bytes_of(data / "decode_golden.json"), ErrorCode::runtime_failed, "golden");
    const Json& want = golden["images"][name.toStdString()];
    const fs::path path = data / "images" / name.toStdString();
    // JPEG decoders may differ in the last bit; everything else is exact.
    const int tolerance = path.extension() == ".jpg" ? 1 : 0;
    const Result<Pixels> rgb = decode_image(path, 3);
    QVERIFY2(rgb.has_value(), rgb ? "" : rgb.error().detail.c_str());
    QCOMPARE(rgb->height, want["size"][0].get<int>());
    QCOMPARE(rgb->width, want["size"][1].get<int>());
    QCOMPARE(rgb->channels, 3);
    QVERIFY(largest_difference(rgb->data, from_hex(want["rgb"])) <= tolerance);
    QVERIFY((*image_size(path) == Size{rgb->height, rgb->width}));
    const Result<Pixels> gray = decode_image(path, 1);
    QVERIFY(gray.has_value());
    QCOMPARE(gray->channels, 1);
    QVERIFY(largest_difference(gray->data, from_hex(want["gray"])) <= tolerance);
}

void TestImages::unreadable_files_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("text") << QByteArray("not an image at all, only some text in a file");
    QTest::newRow("png signature") << QByteArray("\x89PNG\r\n\x1a\n");
    QTest::newRow("jpeg start") << QByteArray("\xff\xd8\xff\xd9");
    QTest::newRow("bitmap start") << QByteArray("BM");
    QTest::newRow("bitmap of zeros") << QByteArray("BM") + QByteArray(200, '\0');
    QTest::newRow("webp start") << QByteArray("RIFF\x04\0\0\0WEBP", 12);
    QTest::newRow("tiff start") << QByteArray("II*\0\x08\0\0\0", 8);
    QTest::newRow("tiff far directory") << QByteArray("II*\0\xff\xff\xff\xff", 8);
}

void TestImages::unreadable_files() {
    QFETCH(QByteArray, content);
    const fs::path path = m_folder / "image.png";
    write(path, content.toStdString());
    const Result<Pixels> pixels = decode_image(path, 3);
    QVERIFY(!pixels.has_value());
    QCOMPARE(pixels.error().code, ErrorCode::images_unreadable);
    QCOMPARE(pixels.error().subject, path.string());
    QVERIFY(!decode_image(m_folder / "missing.png", 3).has_value());
    QCOMPARE(decode_image(m_folder, 3).error().code, ErrorCode::images_unreadable);
}

void TestImages::every_truncation_is_refused_data() {
    QTest::addColumn<QString>("name");
    for (const char* name :
         {"rgb.png", "orientation1.jpg", "progressive.jpg", "rgb.bmp", "lossless.webp", "rgb.tif", "lzw.tif"})
        QTest::newRow(name) << QString(name);
}

void TestImages::every_truncation_is_refused() {
    QFETCH(QString, name);
    const std::string whole = bytes_of(data / "images" / name.toStdString());
    const fs::path path = m_folder / name.toStdString();
    for (std::size_t length = 0; length < whole.size(); length += length + 20 < whole.size() ? 7 : 1) {
        write(path, whole.substr(0, length));
        const Result<Pixels> pixels = decode_image(path, 3);
        QVERIFY2(!pixels.has_value(), qPrintable(QString::number(length)));
        QCOMPARE(pixels.error().code, ErrorCode::images_unreadable);
    }
    write(path, whole);
    QVERIFY(decode_image(path, 3).has_value());
}

void TestImages::too_large_before_decoding_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("at");
    QTest::addColumn<QByteArray>("sides");  // 20000 x 20000
    QTest::newRow("jpeg") << QString("gray.jpg") << -1 << QByteArray::fromHex("4e204e20");
    QTest::newRow("bmp, compressed") << QString("rgb.bmp") << 18
                                     << QByteArray::fromHex("204e0000204e000001001800 01000000");
    // Pillow puts the directory first: width and height are its first two entries of 12 bytes.
    QTest::newRow("tiff") << QString("rgb.tif") << 10
                          << QByteArray::fromHex("00010400 01000000 204e0000 01010400 01000000 204e0000");
    QTest::newRow("webp") << QString("lossless.webp") << 21
                          << QByteArray::fromHex("ffffff0f");  // 16384 x 16384
}

void TestImages::too_large_before_decoding() {
    QFETCH(QString, name);
    QFETCH(int, at);
    QFETCH(QByteArray, sides);
    std::string file = bytes_of(data / "images" / name.toStdString());
    if (name == "gray.jpg")
        at = static_cast<int>(file.find("\xff\xc0")) + 5;
    file.replace(static_cast<std::size_t>(at), static_cast<std::size_t>(sides.size()), sides.toStdString());
    const fs::path path = m_folder / name.toStdString();
    write(path, file);
    const Result<Pixels> pixels = decode_image(path, 3);
    QVERIFY(!pixels.has_value());
    QCOMPARE(pixels.error().code, ErrorCode::images_too_large);
}

void TestImages::damaged_files_never_crash() {
    std::mt19937 random(31);
    for (const auto& entry : fs::directory_iterator(data / "images")) {
        if (entry.path().extension() == ".jpg")
            continue;  // libjpeg repairs what it can, and says so on stderr
        const std::string whole = bytes_of(entry.path());
        for (int round = 0; round < 15; ++round) {
            std::string damaged = whole;
            for (int i = 0; i < 3; ++i)
                damaged[random() % damaged.size()] = static_cast<char>(random());
            const fs::path path = m_folder / "damaged";
            write(path, damaged);
            const Result<Pixels> pixels = decode_image(path, 3);
            if (pixels)
                QCOMPARE(pixels->data.size(), static_cast<std::size_t>(pixels->height) * pixels->width * 3);
        }
    }
}

QTEST_GUILESS_MAIN(TestImages)
#include "test_images.moc"
