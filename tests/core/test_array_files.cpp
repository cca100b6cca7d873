// .npy and .raw files.
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <limits>
#include <memory>

#include "core/images/input_reader.h"
#include "tests/core/files.h"

using namespace quantwright;
using testing::npy;
using testing::write;
namespace fs = std::filesystem;

namespace {

InputSource source_of(const fs::path& folder, const Shape& shape, ElementType type = ElementType::float32) {
    InputSource source;
    source.input = "x";
    source.shape = shape;
    source.type = type;
    source.list = *list_images(folder);
    return source;
}

}  // namespace

class TestArrayFiles : public QObject {
    Q_OBJECT

private slots:
    void init();
    void npy_types_data();
    void npy_types();
    void npy_orders_and_versions();
    void npy_that_lies_data();
    void npy_that_lies();
    void raw_files();

private:
    fs::path m_folder;
    std::unique_ptr<QTemporaryDir> m_temporary;
};

void TestArrayFiles::init() {
    m_temporary = std::make_unique<QTemporaryDir>();
    m_folder = m_temporary->path().toStdString();
}

void TestArrayFiles::npy_types_data() {
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

void TestArrayFiles::npy_types() {
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

void TestArrayFiles::npy_orders_and_versions() {
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

void TestArrayFiles::npy_that_lies_data() {
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
    row("shape that overflows", npy("<f4", "(4611686018427387906,)", two));
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

void TestArrayFiles::npy_that_lies() {
    QFETCH(QByteArray, content);
    const fs::path path = m_folder / "x.npy";
    write(path, content.toStdString());
    const Result<Tensor> tensor = read_npy(path);
    QVERIFY(!tensor.has_value());
    QCOMPARE(tensor.error().code, ErrorCode::images_unreadable);
    QCOMPARE(tensor.error().subject, path.string());
}

void TestArrayFiles::raw_files() {
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

QTEST_GUILESS_MAIN(TestArrayFiles)
#include "test_array_files.moc"
