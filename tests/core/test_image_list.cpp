// Which files a folder or list stands for, and their labels.
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <memory>
#include <set>

#include "core/images/image_list.h"
#include "tests/core/files.h"

using namespace quantwright;
using testing::write;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> names(const ImageList& list) {
    std::vector<std::string> result;
    for (const ImageFile& file : list.files)
        result.push_back(file.relative);
    return result;
}

}  // namespace

class TestImageList : public QObject {
    Q_OBJECT

private slots:
    void init();
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

private:
    fs::path m_folder;
    std::unique_ptr<QTemporaryDir> m_temporary;
};

void TestImageList::init() {
    m_temporary = std::make_unique<QTemporaryDir>();
    m_folder = m_temporary->path().toStdString();
}

void TestImageList::folder_is_recursive_sorted_and_filtered() {
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

void TestImageList::links_are_followed_but_not_for_ever() {
    QTemporaryDir other;
    write(fs::path(other.path().toStdString()) / "one.png", "x");
    write(m_folder / "two.png", "x");
    fs::create_directory_symlink(other.path().toStdString(), m_folder / "linked");
    fs::create_directory_symlink(m_folder, m_folder / "loop");
    QCOMPARE(names(*list_images(m_folder)), (std::vector<std::string>{"linked/one.png", "two.png"}));
}

void TestImageList::class_folders_give_labels() {
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

void TestImageList::a_file_outside_the_classes_takes_the_labels_away() {
    for (const char* name : {"cat/1.png", "dog/1.png", "stray.png"})
        write(m_folder / name, "x");
    QVERIFY(!list_images(m_folder)->has_labels);
    fs::remove(m_folder / "stray.png");
    QVERIFY(list_images(m_folder)->has_labels);
    fs::remove_all(m_folder / "dog");
    QVERIFY(!list_images(m_folder)->has_labels);
}

void TestImageList::label_file() {
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

void TestImageList::label_file_by_unique_name() {
    for (const char* name : {"deep/one.png", "deep/two.png", "other/two.png"})
        write(m_folder / name, "x");
    const fs::path labels = m_folder / "labels.txt";
    write(m_folder / "single.png", "x");
    write(labels, "one.png,4\nval/two.png, 5\na/single.png 6\nb/single.png 7\n");
    const ImageList list = *list_images(m_folder, {labels, -1, 0, {}});
    QCOMPARE(list.files[0].label, std::optional<int>(4));
    QCOMPARE(list.files[1].label, std::optional<int>());  // two files have that name
    QCOMPARE(list.files[2].label, std::optional<int>());
    QCOMPARE(list.files[3].label, std::optional<int>());  // two lines have that name
}

void TestImageList::label_file_that_fits_nothing() {
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

void TestImageList::list_file() {
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

void TestImageList::single_image() {
    write(m_folder / "photo.JPG", "x");
    QCOMPARE(names(*list_images(m_folder / "photo.JPG")), (std::vector<std::string>{"photo.JPG"}));
}

void TestImageList::count_is_seeded() {
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
    QCOMPARE(names(*list_images(m_folder, {{}, 4, 0, {}})),
             (std::vector<std::string>{"110.png", "113.png", "125.png", "126.png"}));
}

void TestImageList::excluded_are_left_out() {
    for (const char* name : {"a.png", "b.png", "sub/a.png"})
        write(m_folder / name, "x");
    QCOMPARE(names(*list_images(m_folder, {{}, -1, 0, {"a.png", "zzz.png"}})),
             (std::vector<std::string>{"b.png", "sub/a.png"}));
}

void TestImageList::nothing_there() {
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

QTEST_GUILESS_MAIN(TestImageList)
#include "test_image_list.moc"
