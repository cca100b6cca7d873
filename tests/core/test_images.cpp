// Decoding, lists, labels, array files and the reader that puts them together.
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "core/base/json.h"
#include "core/images/input_reader.h"
#include "tests/support/small_models.h"

using namespace quantwright;
namespace fs = std::filesystem;

namespace {

const fs::path data = QUANTWRIGHT_TEST_DATA_DIR;

std::string bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

void write(const fs::path& path, const std::string& content) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

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

std::vector<std::string> names(const ImageList& list) {
    std::vector<std::string> result;
    for (const ImageFile& file : list.files)
        result.push_back(file.relative);
    return result;
}

InputSource source_of(const fs::path& folder, const Shape& shape, ElementType type = ElementType::float32) {
    InputSource source;
    source.input = "x";
    source.shape = shape;
    source.type = type;
    source.list = *list_images(folder);
    return source;
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
    void folder_is_recursive_sorted_and_filtered();
    void links_are_followed_but_not_for_ever();
    void class_folders_give_labels();
    void a_file_outside_the_classes_takes_the_labels_away();
    void label_file();
    void label_file_by_unique_name();
    void label_file_that_fits_nothing();
    void list_file();
    void single_image();
    void count_is_seeded();
    void excluded_are_left_out();
    void nothing_there();
    void npy_types_data();
    void npy_types();
    void npy_orders_and_versions();
    void npy_that_lies_data();
    void npy_that_lies();
    void raw_files();
    void reader_converts_and_adds_the_batch();
    void reader_refuses_other_shapes();
    void reader_of_several_inputs();
    void reader_of_images_and_bad_images();
    void reader_of_uint8_input();
    void reader_in_threads();
    void image_input_of_models();

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
    for (std::size_t length = 0; length < whole.size(); ++length) {
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
        for (int round = 0; round < 40; ++round) {
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

void TestImages::folder_is_recursive_sorted_and_filtered() {
    for (const char* name :
         {"b.PNG", "a/z.jpeg", "a/b/c.webp", "a.tif", "B.bmp", "x.npy", "y.raw", ".hidden.png", ".git/a.png",
          "notes.txt", "labels.csv", "no_extension", "a-b.jpg"})
        write(m_folder / name, "x");
    const Result<ImageList> list = list_images(m_folder);
    QVERIFY(list.has_value());
    QCOMPARE(names(*list), (std::vector<std::string>{"B.bmp", "a-b.jpg", "a.tif", "a/b/c.webp", "a/z.jpeg",
                                                     "b.PNG", "x.npy", "y.raw"}));
    QVERIFY(!list->has_labels);
    QCOMPARE(list->source, m_folder.string());
    QCOMPARE(list->files[3].path, m_folder / "a/b/c.webp");
}

void TestImages::links_are_followed_but_not_for_ever() {
    QTemporaryDir other;
    write(fs::path(other.path().toStdString()) / "one.png", "x");
    write(m_folder / "two.png", "x");
    fs::create_directory_symlink(other.path().toStdString(), m_folder / "linked");
    fs::create_directory_symlink(m_folder, m_folder / "loop");
    QCOMPARE(names(*list_images(m_folder)), (std::vector<std::string>{"linked/one.png", "two.png"}));
}

void TestImages::class_folders_give_labels() {
    for (const char* name : {"cat/1.png", "cat/deep/2.png", "dog/1.png", "10/1.png", "9/1.png"})
        write(m_folder / name, "x");
    const ImageList list = *list_images(m_folder);
    QVERIFY(list.has_labels);
    QCOMPARE(names(list),
             (std::vector<std::string>{"10/1.png", "9/1.png", "cat/1.png", "cat/deep/2.png", "dog/1.png"}));
    QCOMPARE(list.files[0].label, std::optional<int>(0));  // "10" sorts before "9"
    QCOMPARE(list.files[1].label, std::optional<int>(1));
    QCOMPARE(list.files[3].label, std::optional<int>(2));
    QCOMPARE(list.files[4].label, std::optional<int>(3));
    // What is left out does not renumber the classes.
    const ImageList some = *list_images(m_folder, {{}, -1, 0, {"10/1.png", "9/1.png"}});
    QCOMPARE(some.files[0].label, std::optional<int>(2));
}

void TestImages::a_file_outside_the_classes_takes_the_labels_away() {
    for (const char* name : {"cat/1.png", "dog/1.png", "stray.png"})
        write(m_folder / name, "x");
    QVERIFY(!list_images(m_folder)->has_labels);
    fs::remove(m_folder / "stray.png");
    QVERIFY(list_images(m_folder)->has_labels);
    fs::remove_all(m_folder / "dog");
    QVERIFY(!list_images(m_folder)->has_labels);
}

void TestImages::label_file() {
    for (const char* name : {"a/1.png", "a/2.png", "b/1.png", "b/with blank.png"})
        write(m_folder / name, "x");
    const fs::path labels = m_folder / "labels.txt";
    write(labels, "# comment\npath label\na/1.png 7\r\n./b/1.png\t3\nb/with blank.png 12\na/2.png -1\n");
    const ImageList list = *list_images(m_folder, {labels, -1, 0, {}});
    QVERIFY(list.has_labels);
    QCOMPARE(list.files[0].label, std::optional<int>(7));
    QCOMPARE(list.files[1].label, std::optional<int>());  // instead of the class folder's
    QCOMPARE(list.files[2].label, std::optional<int>(3));
    QCOMPARE(list.files[3].label, std::optional<int>(12));
}

void TestImages::label_file_by_unique_name() {
    for (const char* name : {"deep/one.png", "deep/two.png", "other/two.png"})
        write(m_folder / name, "x");
    const fs::path labels = m_folder / "labels.txt";
    write(labels, "one.png,4\nval/two.png, 5\n");
    const ImageList list = *list_images(m_folder, {labels, -1, 0, {}});
    QCOMPARE(list.files[0].label, std::optional<int>(4));
    QCOMPARE(list.files[1].label, std::optional<int>());  // two files have that name
    QCOMPARE(list.files[2].label, std::optional<int>());
}

void TestImages::label_file_that_fits_nothing() {
    write(m_folder / "a.png", "x");
    const fs::path labels = m_folder / "labels.txt";
    write(labels, "b.png 4\n");
    const Result<ImageList> list = list_images(m_folder, {labels, -1, 0, {}});
    QVERIFY(!list.has_value());
    QCOMPARE(list.error().code, ErrorCode::images_labels_match_nothing);
    QCOMPARE(list.error().subject, labels.string());
    QCOMPARE(list_images(m_folder, {m_folder / "missing.txt", -1, 0, {}}).error().code,
             ErrorCode::images_labels_match_nothing);
}

void TestImages::list_file() {
    const fs::path list_path = m_folder / "lists" / "set.txt";
    write(
        list_path,
        "\xEF\xBB\xBF# images\n../b.png 3\n\n../sub dir/a.jpg\n../sub dir/c 1.jpg 2\r\n/absolute/d.png -1\n");
    const Result<ImageList> list = list_images(list_path);
    QVERIFY(list.has_value());
    QCOMPARE(names(*list), (std::vector<std::string>{"../b.png", "../sub dir/a.jpg", "../sub dir/c 1.jpg",
                                                     "/absolute/d.png"}));
    QCOMPARE(list->files[0].path.lexically_normal(), m_folder / "b.png");
    QCOMPARE(list->files[3].path, fs::path("/absolute/d.png"));
    QCOMPARE(list->files[0].label, std::optional<int>(3));
    QCOMPARE(list->files[1].label, std::optional<int>());
    QCOMPARE(list->files[2].label, std::optional<int>(2));
    QCOMPARE(list->files[3].label, std::optional<int>());
    QVERIFY(list->has_labels);
}

void TestImages::single_image() {
    write(m_folder / "photo.JPG", "x");
    QCOMPARE(names(*list_images(m_folder / "photo.JPG")), (std::vector<std::string>{"photo.JPG"}));
}

void TestImages::count_is_seeded() {
    for (int i = 0; i < 30; ++i)
        write(m_folder / (std::to_string(100 + i) + ".png"), "x");
    const std::vector<std::string> all = names(*list_images(m_folder));
    const std::vector<std::string> first = names(*list_images(m_folder, {{}, 10, 1, {}}));
    QCOMPARE(first.size(), std::size_t(10));
    QVERIFY(std::is_sorted(first.begin(), first.end()));
    QCOMPARE(std::set<std::string>(first.begin(), first.end()).size(), std::size_t(10));
    QCOMPARE(names(*list_images(m_folder, {{}, 10, 1, {}})), first);
    QVERIFY(names(*list_images(m_folder, {{}, 10, 2, {}})) != first);
    QVERIFY(first != std::vector<std::string>(all.begin(), all.begin() + 10));
    QCOMPARE(names(*list_images(m_folder, {{}, 500, 1, {}})), all);
    // The choice of seed 0 is part of what a saved command line means: it never changes.
    QCOMPARE(names(*list_images(m_folder, {{}, 4, 0, {}})), (std::vector<std::string>{"100.png"}));
}

void TestImages::excluded_are_left_out() {
    for (const char* name : {"a.png", "b.png", "sub/a.png"})
        write(m_folder / name, "x");
    QCOMPARE(names(*list_images(m_folder, {{}, -1, 0, {"a.png", "zzz.png"}})),
             (std::vector<std::string>{"b.png", "sub/a.png"}));
}

void TestImages::nothing_there() {
    const auto code = [](const Result<ImageList>& list) {
        return list ? ErrorCode::usage : list.error().code;
    };
    QCOMPARE(code(list_images(m_folder)), ErrorCode::images_none_left);
    QCOMPARE(code(list_images(m_folder / "missing")), ErrorCode::images_none_left);
    write(m_folder / "empty.txt", "# nothing\n");
    QCOMPARE(code(list_images(m_folder / "empty.txt")), ErrorCode::images_none_left);
    write(m_folder / "a.png", "x");
    QCOMPARE(code(list_images(m_folder, {{}, -1, 0, {"a.png"}})), ErrorCode::images_none_left);
    QCOMPARE(list_images(m_folder / "missing").error().subject, (m_folder / "missing").string());
}

void TestImages::npy_types_data() {
    QTest::addColumn<QString>("descr");
    QTest::addColumn<QByteArray>("bytes");  // 1 and 2 (booleans: true, false; floats: 1 and -2)
    QTest::addColumn<int>("type");
    QTest::addColumn<float>("second");
    const auto row = [](const char* descr, const char* hex, ElementType type, float second) {
        QTest::newRow(descr) << QString(descr) << QByteArray::fromHex(hex) << static_cast<int>(type)
                             << second;
    };
    row("<f4", "0000803f000000c0", ElementType::float32, -2);
    row(">f4", "3f800000c0000000", ElementType::float32, -2);
    row("<f8", "000000000000f03f00000000000000c0", ElementType::float64, -2);
    row("<f2", "003c00c0", ElementType::float16, -2);
    row("|u1", "0102", ElementType::uint8, 2);
    row("|i1", "01fe", ElementType::int8, -2);
    row("<u2", "01000200", ElementType::uint16, 2);
    row(">u2", "00010002", ElementType::uint16, 2);
    row("<i2", "0100feff", ElementType::int16, -2);
    row("<u4", "0100000002000000", ElementType::uint32, 2);
    row("<i4", "01000000feffffff", ElementType::int32, -2);
    row("<u8", "01000000000000000200000000000000", ElementType::uint64, 2);
    row("<i8", "0100000000000000feffffffffffffff", ElementType::int64, -2);
    row(">i8", "0000000000000001fffffffffffffffe", ElementType::int64, -2);
    row("|b1", "0100", ElementType::boolean, 0);
}

void TestImages::npy_types() {
    QFETCH(QString, descr);
    QFETCH(QByteArray, bytes);
    QFETCH(int, type);
    QFETCH(float, second);
    const fs::path path = m_folder / "x.npy";
    write(path, npy(descr.toStdString(), "(2,)", std::vector<char>(bytes.begin(), bytes.end())));
    const Result<Tensor> tensor = read_npy(path);
    QVERIFY(tensor.has_value());
    QCOMPARE(static_cast<int>(tensor->type), type);
    QCOMPARE(tensor->shape, (Shape{2}));
    const auto reader = InputReader::create({source_of(m_folder, {2})});
    QVERIFY(reader.has_value());
    const auto loaded = (*reader)->load(0);
    QVERIFY(loaded.has_value());
    QCOMPARE((*loaded)[0].floats()[0], 1.0f);
    QCOMPARE((*loaded)[0].floats()[1], second);
}

void TestImages::npy_orders_and_versions() {
    const fs::path path = m_folder / "x.npy";
    std::vector<float> values(24);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(i);
    for (const int version : {1, 2, 3}) {
        write(path, npy("<f4", "(2, 3, 4)", values, false, version));
        const Result<Tensor> tensor = read_npy(path);
        QVERIFY(tensor.has_value());
        QCOMPARE(tensor->shape, (Shape{2, 3, 4}));
        QVERIFY(std::equal(values.begin(), values.end(), tensor->floats().begin()));
    }
    write(path, npy("<f4", "(2, 3, 4)", values, true));
    const Result<Tensor> tensor = read_npy(path);
    QVERIFY(tensor.has_value());
    for (int a = 0; a < 2; ++a)
        for (int b = 0; b < 3; ++b)
            for (int c = 0; c < 4; ++c)
                QCOMPARE(tensor->floats()[static_cast<std::size_t>((a * 3 + b) * 4 + c)],
                         static_cast<float>(a + 2 * b + 6 * c));
    write(path, npy("<f4", "()", std::vector<float>{5}));
    QCOMPARE(read_npy(path)->shape, Shape());
    write(path, npy("<f4", "(0, 3)", std::vector<float>{}));
    QCOMPARE(read_npy(path)->bytes.size(), std::size_t(0));
    write(path, npy("<f4", "(0, 3)", std::vector<float>{}, true));
    QVERIFY(read_npy(path).has_value());
}

void TestImages::npy_that_lies_data() {
    QTest::addColumn<QByteArray>("content");
    const auto row = [](const char* name, const std::string& content) {
        QTest::newRow(name) << QByteArray(content.data(), static_cast<int>(content.size()));
    };
    const std::vector<float> two = {1, 2};
    const std::string good = npy("<f4", "(2,)", two);
    row("empty", "");
    row("magic only", good.substr(0, 6));
    row("no length", good.substr(0, 8));
    row("cut header", good.substr(0, 40));
    row("one element missing", good.substr(0, good.size() - 1));
    row("one byte too many", good + "x");
    row("header length past the end", good.substr(0, 8) + "\xff\xff" + good.substr(10));
    row("shape larger than the data", npy("<f4", "(3,)", two));
    row("shape that overflows", npy("<f4", "(4611686018427387904, 4)", two));
    row("number that overflows", npy("<f4", "(99999999999999999999999,)", two));
    row("negative shape", npy("<f4", "(-2,)", two));
    row("complex", npy("<c8", "(1,)", two));
    row("text", npy("<U2", "(1,)", two));
    row("object", npy("|O", "(1,)", two));
    row("structure", npy("[('a', '<f4')]", "(2,)", two));
    row("no shape", npy("<f4", "None", two));
    row("unclosed", npy("<f4", "(2,", two));
    row("version 9", npy("<f4", "(2,)", two, false, 9));
    std::string huge = npy("<f4", "(2,)", two, false, 2);
    huge.replace(8, 4, "\xff\xff\xff\xff");
    row("four-byte length past the end", huge);
}

void TestImages::npy_that_lies() {
    QFETCH(QByteArray, content);
    const fs::path path = m_folder / "x.npy";
    write(path, content.toStdString());
    const Result<Tensor> tensor = read_npy(path);
    QVERIFY(!tensor.has_value());
    QCOMPARE(tensor.error().code, ErrorCode::images_unreadable);
    QCOMPARE(tensor.error().subject, path.string());
}

void TestImages::raw_files() {
    const fs::path path = m_folder / "x.raw";
    const std::vector<std::int16_t> values = {1, -2, 300, 4};
    write(path, std::string(reinterpret_cast<const char*>(values.data()), 8));
    const Result<Tensor> tensor = read_raw(path, ElementType::int16, {2, 2});
    QVERIFY(tensor.has_value());
    QCOMPARE(tensor->as<std::int16_t>()[2], std::int16_t(300));
    QVERIFY(!read_raw(path, ElementType::float32, {2, 2}).has_value());
    QVERIFY(!read_raw(path, ElementType::int16, {2, 3}).has_value());
    QVERIFY(!read_raw(path, ElementType::int16, {-4}).has_value());
    QVERIFY(!read_raw(path, ElementType::int16, {std::int64_t(1) << 40, std::int64_t(1) << 40}).has_value());
    QCOMPARE(read_raw(m_folder / "missing.raw", ElementType::int16, {4}).error().code,
             ErrorCode::images_unreadable);
    InputSource source = source_of(m_folder, {1, 4});
    source.raw_type = ElementType::int16;
    const auto loaded = (*InputReader::create({source}))->load(0);
    QVERIFY(loaded.has_value());
    QCOMPARE((*loaded)[0].floats()[1], -2.0f);
}

void TestImages::reader_converts_and_adds_the_batch() {
    write(m_folder / "a.npy", npy("<f8", "(6,)", std::vector<double>{0.5, 1.5, -3.7, 300, 1e30, NAN}));
    const auto load = [&](ElementType type) {
        return *(*InputReader::create({source_of(m_folder, {1, 6}, type)}))->load(0);
    };
    const std::vector<Tensor> bytes = load(ElementType::uint8);
    QCOMPARE(bytes[0].shape, (Shape{1, 6}));
    const auto u8 = bytes[0].as<std::uint8_t>();
    QCOMPARE((std::vector<int>(u8.begin(), u8.end())), (std::vector<int>{0, 2, 0, 255, 255, 0}));
    const std::vector<Tensor> longs = load(ElementType::int64);
    const auto i64 = longs[0].as<std::int64_t>();
    QCOMPARE(i64[2], std::int64_t(-4));
    QCOMPARE(i64[4], std::numeric_limits<std::int64_t>::max());
    const std::vector<Tensor> halves = load(ElementType::float16);
    QCOMPARE(halves[0].as<std::uint16_t>()[1], std::uint16_t(0x3e00));
    QCOMPARE(halves[0].as<std::uint16_t>()[4], std::uint16_t(0x7c00));
    const std::vector<Tensor> brains = load(ElementType::bfloat16);
    QCOMPARE(brains[0].as<std::uint16_t>()[1], std::uint16_t(0x3fc0));
    QCOMPARE(load(ElementType::boolean)[0].bytes[0], std::byte{1});
}

void TestImages::reader_refuses_other_shapes() {
    write(m_folder / "a.npy", npy("<f4", "(2, 3)", std::vector<float>(6)));
    for (const Shape& shape : {Shape{3, 2}, Shape{6}, Shape{2, 2, 3}, Shape{2, 3, 1}}) {
        const auto loaded = (*InputReader::create({source_of(m_folder, shape)}))->load(0);
        QVERIFY(!loaded.has_value());
        QCOMPARE(loaded.error().code, ErrorCode::images_unreadable);
    }
    QVERIFY((*InputReader::create({source_of(m_folder, {1, 2, 3})}))->load(0).has_value());
}

void TestImages::reader_of_several_inputs() {
    for (int i = 0; i < 3; ++i) {
        write(m_folder / "ids" / (std::to_string(i) + ".npy"),
              npy("<i8", "(1, 2)", std::vector<std::int64_t>{i, 10 + i}));
        write(m_folder / "mask" / (std::to_string(i) + ".npy"),
              npy("|u1", "(2,)", std::vector<std::uint8_t>{1, 0}));
    }
    const auto reader = InputReader::create({source_of(m_folder / "ids", {1, 2}, ElementType::int64),
                                             source_of(m_folder / "mask", {1, 2}, ElementType::float32)});
    QVERIFY(reader.has_value());
    QCOMPARE((*reader)->size(), std::int64_t(3));
    QCOMPARE((*reader)->file(1).relative, std::string("1.npy"));
    const auto loaded = (*reader)->load(2);
    QVERIFY(loaded.has_value());
    QCOMPARE((*loaded)[0].as<std::int64_t>()[1], std::int64_t(12));
    QCOMPARE((*loaded)[1].floats()[0], 1.0f);
    fs::remove(m_folder / "mask" / "2.npy");
    const auto uneven =
        InputReader::create({source_of(m_folder / "ids", {1, 2}), source_of(m_folder / "mask", {1, 2})});
    QVERIFY(!uneven.has_value());
    QCOMPARE(uneven.error().code, ErrorCode::images_none_left);
    QVERIFY(!InputReader::create({}).has_value());
}

void TestImages::reader_of_images_and_bad_images() {
    fs::copy(data / "images" / "rgb.png", m_folder / "good.png");
    write(m_folder / "bad.png", "");
    InputSource source = source_of(m_folder, {1, 3, 4, 4});
    source.preprocess = *resolve_preprocess("imagenet", source.shape);
    const auto reader = *InputReader::create({source});
    QCOMPARE(reader->load(0).error().code, ErrorCode::images_unreadable);
    QCOMPARE(reader->load(0).error().subject, (m_folder / "bad.png").string());
    const auto loaded = reader->load(1);
    QVERIFY(loaded.has_value());
    QCOMPARE((*loaded)[0].shape, (Shape{1, 3, 4, 4}));
    source.preprocess.crop.reset();  // the size then depends on the image, and does not fit
    QCOMPARE((*InputReader::create({source}))->load(1).error().code, ErrorCode::images_unreadable);
}

void TestImages::reader_of_uint8_input() {
    fs::copy(data / "images" / "rgb.png", m_folder / "rgb.png");
    InputSource source = source_of(m_folder, {1, 5, 7, 3}, ElementType::uint8);
    source.preprocess = *resolve_preprocess("", source.shape, {}, source.type);
    source.preprocess.resize = ResizeMode::none;
    source.preprocess.crop.reset();
    const auto loaded = (*InputReader::create({source}))->load(0);
    QVERIFY(loaded.has_value());
    const auto bytes = (*loaded)[0].as<std::uint8_t>();
    QCOMPARE((std::vector<std::uint8_t>(bytes.begin(), bytes.end())),
             decode_image(m_folder / "rgb.png", 3)->data);
}

void TestImages::reader_in_threads() {
    for (const auto& entry : fs::directory_iterator(data / "images"))
        fs::copy(entry.path(), m_folder / entry.path().filename());
    InputSource source = source_of(m_folder, {1, 3, 16, 16});
    source.preprocess = *resolve_preprocess("", source.shape);
    const auto reader = *InputReader::create({source});
    std::vector<std::vector<Tensor>> alone;
    for (std::int64_t i = 0; i < reader->size(); ++i) {
        const auto loaded = reader->load(i);
        QVERIFY(loaded.has_value());
        alone.push_back(*loaded);
    }
    std::atomic<int> different = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (std::int64_t k = 0; k < reader->size(); ++k) {
                const std::int64_t i = (k + t * 7) % reader->size();
                const auto loaded = reader->load(i);
                const auto& want = alone[static_cast<std::size_t>(i)][0].bytes;
                different += !loaded || !std::equal(want.begin(), want.end(), (*loaded)[0].bytes.begin());
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    QCOMPARE(different.load(), 0);
}

void TestImages::image_input_of_models() {
    const auto code = [](const Result<ValueInfo>& input) {
        return input ? ErrorCode::usage : input.error().code;
    };
    QCOMPARE(image_input(*testing::small_cnn())->shape[1].value, std::int64_t(3));
    const auto model = [](std::vector<std::pair<Shape, ElementType>> inputs) {
        testing::ModelBuilder builder;
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            const std::string number = std::to_string(i);
            builder.input("in" + number, inputs[i].first, inputs[i].second);
            builder.node("Identity", "n" + number, {"in" + number}, {"out" + number});
            builder.output("out" + number, inputs[i].second);
        }
        return builder.build();
    };
    const ElementType f = ElementType::float32;
    QVERIFY(image_input(*model({{{1, 8, 8, 3}, f}})).has_value());
    QVERIFY(image_input(*model({{{1, 8, 8, 3}, ElementType::uint8}})).has_value());
    QVERIFY(image_input(*model({{{1, 1, 28, 28}, f}})).has_value());
    QCOMPARE(image_input(*model({{{1, 16}, ElementType::int64}, {{1, 4, 8, 8}, f}}))->name,
             std::string("in1"));
    QCOMPARE(code(image_input(*model({{{1, 8, 8, 8}, f}}))), ErrorCode::model_no_quantizable_input);
    QCOMPARE(code(image_input(*model({{{1, 3, 8, 8}, f}, {{1, 3, 8, 8}, f}}))),
             ErrorCode::model_no_quantizable_input);
    const auto tokens = image_input(*model({{{1, 128}, ElementType::int64}}));
    QCOMPARE(code(tokens), ErrorCode::model_no_quantizable_input);
    QVERIFY(tokens.error().detail.find("--input") != std::string::npos);
    QVERIFY(tokens.error().detail.find("in0 int64[1,128]") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestImages)
#include "test_images.moc"
