// Labels and lists as people have them.
#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "core/images/image_list.h"
#include "core/images/input_reader.h"
#include "tests/core/files.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using testing::npy;
using testing::write;
namespace fs = std::filesystem;

namespace {

std::vector<int> labels(const ImageList& list) {
    std::vector<int> result;
    for (const ImageFile& file : list.files)
        result.push_back(file.label.value_or(-1));
    return result;
}

std::string utf16(const std::u16string& text, bool big_endian) {
    std::string bytes = big_endian ? "\xFE\xFF" : "\xFF\xFE";
    for (const char16_t unit : text) {
        const char low = static_cast<char>(unit & 0xff), high = static_cast<char>(unit >> 8);
        bytes += big_endian ? high : low;
        bytes += big_endian ? low : high;
    }
    return bytes;
}

std::vector<std::string> codes(const ImageList& list, std::optional<std::int64_t> classes) {
    std::vector<std::string> result;
    for (const Problem& problem : label_problems(list, classes))
        result.push_back(problem.code);
    return result;
}

}  // namespace

class TestLabels : public QObject {
    Q_OBJECT

private slots:
    void init();
    void numbered_folders();
    void folders_that_are_not_all_classes();
    void folders_by_class_names();
    void labels_by_class_names();
    void labels_beyond_the_outputs();
    void numbers_alone();
    void imagenet_validation_list();
    void lists_from_windows_data();
    void lists_from_windows();
    void classes_of_models();

private:
    void images(std::initializer_list<const char*> names) const {
        for (const char* name : names)
            write(m_folder / "set" / name, "x");
    }
    [[nodiscard]] ImageListOptions with(const char* label_file, const char* class_file = "") const {
        ImageListOptions options;
        if (*label_file)
            options.labels = m_folder / label_file;
        if (*class_file)
            options.classes = m_folder / class_file;
        return options;
    }

    fs::path m_folder;
    std::unique_ptr<QTemporaryDir> m_temporary;
};

void TestLabels::init() {
    m_temporary = std::make_unique<QTemporaryDir>();
    m_folder = m_temporary->path().toStdString();
}

void TestLabels::numbered_folders() {
    for (int i = 0; i < 12; ++i)
        write(m_folder / "set" / std::to_string(i) / "a.png", "x");
    write(m_folder / "set" / "__MACOSX" / "._a.png", "x");  // hidden: nothing in it
    fs::create_directories(m_folder / "set" / "empty");
    const ImageList list = *list_images(m_folder / "set");
    QVERIFY(list.labels_from == LabelsFrom::numbered_folders);
    QCOMPARE(list.class_folders.size(), std::size_t(12));
    for (const ImageFile& file : list.files)
        QCOMPARE(file.label, std::optional(std::stoi(file.relative)));
    QVERIFY(codes(list, 12).empty());
    QCOMPARE(codes(list, 10), std::vector<std::string>{"labels.beyond_outputs"});
    QCOMPARE(codes(list, 1000), std::vector<std::string>{"labels.classes_missing"});
    QVERIFY(codes(list, {}).empty());
    // One other name, and the numbers are names like it.
    write(m_folder / "set" / "cat" / "a.png", "x");
    QVERIFY(list_images(m_folder / "set")->labels_from == LabelsFrom::sorted_folders);
}

void TestLabels::folders_that_are_not_all_classes() {
    images({"cat/a.png", "dog/a.png", "fish/a.png"});
    fs::create_directories(m_folder / "set" / "aaa");  // no images: no class
    const ImageList list = *list_images(m_folder / "set");
    QCOMPARE(labels(list), (std::vector<int>{0, 1, 2}));
    QVERIFY(codes(list, 3).empty());
    QCOMPARE(codes(list, 12), std::vector<std::string>{"labels.folder_count"});
    QCOMPARE(label_problems(list, 12)[0].arguments, (std::vector<std::string>{"3", "12"}));
    QCOMPARE(codes(list, 2), (std::vector<std::string>{"labels.folder_count", "labels.beyond_outputs"}));
}

void TestLabels::folders_by_class_names() {
    images({"cat/a.png", "dog/a.png", "n01440764/a.png"});
    write(m_folder / "names.txt",
          "\xEF\xBB\xBF"
          "bird\r\ndog\r\n\r\ncat\r\nn01440764 tench, Tinca tinca\r\n");
    const ImageList list = *list_images(m_folder / "set", with("", "names.txt"));
    QCOMPARE(labels(list), (std::vector<int>{3, 1, 4}));
    QVERIFY(list.labels_from == LabelsFrom::named_folders);
    QCOMPARE(codes(list, 5), std::vector<std::string>{"labels.classes_missing"});
    write(m_folder / "names.txt", "bird\ndog\n");
    const ImageList some = *list_images(m_folder / "set", with("", "names.txt"));
    QCOMPARE(labels(some), (std::vector<int>{-1, 0 + 1, -1}));
    QCOMPARE(label_problems(some, 2)[0].arguments, (std::vector<std::string>{"2", "cat"}));
    write(m_folder / "names.txt", "bird\nplane\n");
    const auto none = list_images(m_folder / "set", with("", "names.txt"));
    QVERIFY(!none.has_value());
    QCOMPARE(none.error().code, ErrorCode::images_labels_match_nothing);
    QCOMPARE(none.error().subject, (m_folder / "names.txt").string());
}

void TestLabels::labels_by_class_names() {
    images({"a.png", "b c.png", "d.png", "e.png"});
    write(m_folder / "names.txt", "golden retriever\ntench, Tinca tinca\ncat\n");
    write(m_folder / "labels.csv",
          "image,class\na.png,\"golden retriever\"\nb c.png\ttench, Tinca tinca\nd.png;cat\ne.png wolf\n");
    const ImageList list = *list_images(m_folder / "set", with("labels.csv", "names.txt"));
    QCOMPARE(labels(list), (std::vector<int>{0, 1, 2, -1}));
    QCOMPARE(list.unknown_names, std::vector<std::string>{"e.png wolf"});  // the heading is none
    write(m_folder / "set" / "list.txt", "d.png cat\na.png golden retriever\n");
    const ImageList in_list = *list_images(m_folder / "set" / "list.txt", with("", "names.txt"));
    QCOMPARE(labels(in_list), (std::vector<int>{2, 0}));
    QCOMPARE(in_list.files[0].path, m_folder / "set" / "d.png");
}

void TestLabels::labels_beyond_the_outputs() {
    images({"a.png", "b.png", "c.png"});
    write(m_folder / "labels.txt", "a.png 1\nb.png 2\nc.png 3\n");  // counted from 1
    const ImageList list = *list_images(m_folder / "set", with("labels.txt"));
    QCOMPARE(codes(list, 3), std::vector<std::string>{"labels.beyond_outputs"});
    QCOMPARE(label_problems(list, 3)[0].arguments, (std::vector<std::string>{"1", "3", "3"}));
    QVERIFY(codes(list, 4).empty());
}

void TestLabels::numbers_alone() {
    images({"a.png", "b.png", "c.png"});
    write(m_folder / "truth.txt", "5\n-1\n7\n");
    QCOMPARE(labels(*list_images(m_folder / "set", with("truth.txt"))), (std::vector<int>{5, -1, 7}));
    write(m_folder / "truth.npy", npy("<i8", "(3, 1)", std::vector<std::int64_t>{4, 0, 2}));
    QCOMPARE(labels(*list_images(m_folder / "set", with("truth.npy"))), (std::vector<int>{4, 0, 2}));
    write(m_folder / "truth.txt", "5\n6\n");
    const auto few = list_images(m_folder / "set", with("truth.txt"));
    QVERIFY(!few.has_value());
    QCOMPARE(few.error().code, ErrorCode::images_labels_match_nothing);
    QCOMPARE(few.error().detail, std::string("2 labels for 3 samples"));
}

void TestLabels::imagenet_validation_list() {
    images({"ILSVRC2012_val_00000001.JPEG", "ILSVRC2012_val_00000002.JPEG"});
    const char* lines = "ILSVRC2012_val_00000001.JPEG 65\nILSVRC2012_val_00000002.JPEG 970\n";
    write(m_folder / "val.txt", lines);
    QCOMPARE(labels(*list_images(m_folder / "set", with("val.txt"))), (std::vector<int>{65, 970}));
    write(m_folder / "set" / "val.txt", lines);
    const ImageList list = *list_images(m_folder / "set" / "val.txt");
    QCOMPARE(labels(list), (std::vector<int>{65, 970}));
    QVERIFY(fs::exists(list.files[1].path));
}

void TestLabels::lists_from_windows_data() {
    QTest::addColumn<bool>("big_endian");
    QTest::newRow("UTF-16LE") << false;
    QTest::newRow("UTF-16BE") << true;
}

void TestLabels::lists_from_windows() {
    QFETCH(bool, big_endian);
    write(m_folder / "set" / "猫" / "a \xF0\x9F\x98\xBA.png", "x");
    write(m_folder / "set" / "val" / "b.png", "x");
    const std::string lines = utf16(u"猫\\a \U0001F63A.png 3\r\nval\\b.png\t1\r\n", big_endian);
    write(m_folder / "set" / "list.txt", lines);
    const ImageList list = *list_images(m_folder / "set" / "list.txt");
    QCOMPARE(list.files.size(), std::size_t(2));
    for (const ImageFile& file : list.files)
        QVERIFY2(fs::exists(file.path), file.path.c_str());
    QCOMPARE(list.files[1].relative, std::string("val/b.png"));
    QCOMPARE(labels(list), (std::vector<int>{3, 1}));
    fs::rename(m_folder / "set" / "list.txt", m_folder / "labels.txt");
    QCOMPARE(labels(*list_images(m_folder / "set", with("labels.txt"))), (std::vector<int>{1, 3}));
    // Below another folder's name the file's name alone still finds it.
    write(m_folder / "labels.txt", utf16(u"C:\\data\\val\\b.png 4\r\n", big_endian));
    QCOMPARE(labels(*list_images(m_folder / "set", with("labels.txt"))), (std::vector<int>{4, -1}));
}

void TestLabels::classes_of_models() {
    QCOMPARE(class_count(*testing::small_cnn()), std::optional<std::int64_t>());  // its output has no shape
    const auto model = [](const std::vector<std::int64_t>& shape) {
        testing::ModelBuilder b;
        b.input("x", {1, 3, 4, 4}).output("y");
        b.node("Identity", "n", {"x"}, {"y"});
        auto* dimensions = b.proto()
                               .mutable_graph()
                               ->mutable_output(0)
                               ->mutable_type()
                               ->mutable_tensor_type()
                               ->mutable_shape();
        dimensions->clear_dim();
        for (const std::int64_t size : shape) {
            auto* dimension = dimensions->add_dim();
            if (size > 0)
                dimension->set_dim_value(size);
            else
                dimension->set_dim_param("N");
        }
        return class_count(*b.build());
    };
    using Count = std::optional<std::int64_t>;
    QCOMPARE(model({0, 1000}), Count(1000));
    QCOMPARE(model({4, 10}), Count(10));
    QCOMPARE(model({1, 1000, 1, 1}), Count(1000));
    QCOMPARE(model({1, 3, 4, 4}), Count());
    QCOMPARE(model({1, 0}), Count());
}

QTEST_GUILESS_MAIN(TestLabels)
#include "test_labels.moc"
