// Labels of every format as people have them, and broken ones.
#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "core/task/labels.h"
#include "core/task/open_judge.h"
#include "tests/core/files.h"
#include "tests/support/png_file.h"

using namespace quantwright;
using testing::write;
using testing::write_gray_png;
namespace fs = std::filesystem;

class TestTaskLabels : public QObject {
    Q_OBJECT

private slots:
    void init();
    void coco();
    void coco_by_names();
    void yolo();
    void voc();
    void masks_data();
    void masks();
    void texts();
    void pairs();
    void identities();
    void values();
    void kinds_data();
    void kinds();
    void broken_data();
    void broken();
    void other_tasks();

private:
    /// Images of 40x20 pixels.
    void images(std::initializer_list<const char*> names) const {
        for (const char* name : names)
            write_gray_png(m_folder / "images" / name, 40, 20, std::vector<std::uint8_t>(800, 7));
    }
    [[nodiscard]] std::shared_ptr<const InputReader> reader() const {
        InputSource source;
        source.input = "x";
        source.shape = {1, 1, 16, 16};
        source.list = *list_images(m_folder / "images");
        source.preprocess = *resolve_preprocess("letterbox", source.shape);
        return *InputReader::create({source});
    }
    [[nodiscard]] static Task task(const char* decoder, std::vector<std::string> names = {}) {
        Task result = *task_of(decoder);
        result.options.names = std::move(names);
        return result;
    }
    [[nodiscard]] Result<std::shared_ptr<const Labels>> load(const char* file, const Task& of) const {
        return load_labels(m_folder / file, of, *reader());
    }

    fs::path m_folder;
    std::unique_ptr<QTemporaryDir> m_temporary;
};

void TestTaskLabels::init() {
    m_temporary = std::make_unique<QTemporaryDir>();
    m_folder = m_temporary->path().toStdString();
}

namespace {
constexpr const char* coco_text = R"({"images":[{"id":9,"file_name":"a.png"},{"id":4,"file_name":"b.png"},
  {"id":5,"file_name":"not here.png"}],
 "annotations":[{"image_id":9,"category_id":18,"bbox":[1,2,3,4],"area":10,"iscrowd":0},
  {"image_id":9,"category_id":3,"bbox":[5,6,7.5,8],"iscrowd":1},{"image_id":5,"category_id":3,"bbox":[0,0,1,1]}],
 "categories":[{"id":18,"name":"dog"},{"id":3,"name":"cat"}]})";
}  // namespace

void TestTaskLabels::coco() {
    images({"a.png", "b.png", "c.png"});
    write(m_folder / "l.json", coco_text);
    const auto labels = load("l.json", task("yolov8"));
    QVERIFY2(labels.has_value(), labels ? "" : labels.error().detail.c_str());
    QCOMPARE((*labels)->labelled(), std::int64_t(2));
    QCOMPARE((*labels)->names, (std::vector<std::string>{"cat", "dog"}));  // in the order of their ids
    const auto& first = std::get<TruthBoxes>((*labels)->of[0]);
    QCOMPARE(first.order, std::int64_t(9));
    QCOMPARE(first.boxes.size(), std::size_t(2));
    QCOMPARE(first.boxes[0].category, 1);
    QCOMPARE(first.boxes[0].area, 10.0);
    QVERIFY(!first.boxes[0].crowd);
    QCOMPARE(first.boxes[1].category, 0);
    QCOMPARE(first.boxes[1].area, 60.0);
    QVERIFY(first.boxes[1].crowd);
    // An image of the file without objects is one to find nothing in; one that is not in the file is none.
    QVERIFY(std::get<TruthBoxes>((*labels)->of[1]).boxes.empty());
    QCOMPARE((*labels)->of[2].index(), std::size_t(0));
}

void TestTaskLabels::coco_by_names() {
    images({"a.png"});
    write(m_folder / "l.json", coco_text);
    const auto labels = load("l.json", task("yolov8", {"dog", "bird", "cat"}));
    QCOMPARE(std::get<TruthBoxes>((*labels)->of[0]).boxes[0].category, 0);
    QCOMPARE(std::get<TruthBoxes>((*labels)->of[0]).boxes[1].category, 2);
    QVERIFY((*labels)->problems.empty());
    const auto some = load("l.json", task("yolov8", {"cat", "bird", "cow"}));
    QCOMPARE((*some)->problems.size(), std::size_t(1));
    QCOMPARE((*some)->problems[0].code, std::string("labels.unknown_categories"));
    QCOMPARE((*some)->problems[0].arguments, (std::vector<std::string>{"1", "dog"}));
    QCOMPARE(std::get<TruthBoxes>((*some)->of[0]).boxes[1].category, 0);
    QCOMPARE(std::get<TruthBoxes>((*some)->of[0]).boxes[0].category, 3);  // nothing the model can say
    // As many, in another language: by their order.
    const auto order = load("l.json", task("yolov8", {"猫", "狗"}));
    QCOMPARE(std::get<TruthBoxes>((*order)->of[0]).boxes[0].category, 1);
}

void TestTaskLabels::yolo() {
    images({"train/a.png", "train/b.png"});
    write(m_folder / "labels/train/a.txt", "1 0.5 0.5 0.25 0.5\r\n0 0.1 0.1 0.9 0.1 0.5 0.8\n\n");
    write(m_folder / "labels/classes.txt", "cat\ndog\n");
    const auto labels = load("labels", task("yolov8", {"cat", "dog"}));
    QVERIFY2(labels.has_value(), labels ? "" : labels.error().detail.c_str());
    const auto& boxes = std::get<TruthBoxes>((*labels)->of[0]).boxes;
    QCOMPARE(boxes.size(), std::size_t(2));
    QCOMPARE(boxes[0].category, 1);
    QCOMPARE(boxes[0].box.x, 15.0);
    QCOMPARE(boxes[0].box.y, 5.0);
    QCOMPARE(boxes[0].box.width, 10.0);
    QCOMPARE(boxes[0].box.height, 10.0);
    QCOMPARE(boxes[1].box.x, 4.0);  // around the corners of a polygon
    QCOMPARE(boxes[1].box.width, 32.0);
    QVERIFY(std::get<TruthBoxes>((*labels)->of[1]).boxes.empty());  // no file: nothing in it
}

void TestTaskLabels::voc() {
    images({"a.png", "b.png"});
    write(m_folder / "xml/a.xml",
          "\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- made by hand -->\n<annotation verified=\"yes\"><folder/>"
          "<object><name>dog &amp; cat</name><pose>Left</pose><difficult>0</difficult>"
          "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>10</xmax><ymax>4.5</ymax></bndbox></object>"
          "<object><name>bird</name><difficult>1</difficult>\n<bndbox>\n <xmin> 3 "
          "</xmin><ymin>3</ymin><xmax>4</xmax>"
          "<ymax>4</ymax></bndbox><part><name>head</name></part></object></annotation>\n");
    const auto labels = load("xml", task("yolov8"));
    QVERIFY2(labels.has_value(), labels ? "" : labels.error().detail.c_str());
    QCOMPARE((*labels)->names, (std::vector<std::string>{"bird", "dog & cat"}));
    const auto& boxes = std::get<TruthBoxes>((*labels)->of[0]).boxes;
    QCOMPARE(boxes.size(), std::size_t(2));
    QCOMPARE(boxes[0].category, 1);
    QCOMPARE(boxes[0].box.x, 0.0);
    QCOMPARE(boxes[0].box.width, 10.0);
    QCOMPARE(boxes[0].box.height, 3.5);
    QVERIFY(!boxes[0].crowd);
    QVERIFY(boxes[1].crowd);  // a difficult one counts neither way
    QCOMPARE((*labels)->of[1].index(), std::size_t(0));
}

void TestTaskLabels::masks_data() {
    QTest::addColumn<int>("depth");
    QTest::addColumn<int>("color");
    QTest::addColumn<QByteArray>("row");
    QTest::newRow("gray") << 8 << 0 << QByteArray("\0\1\2\xff", 4);
    QTest::newRow("palette") << 8 << 3 << QByteArray("\0\1\2\3", 4);
    QTest::newRow("two bits") << 2 << 0 << QByteArray("\x1b", 1);
    QTest::newRow("sixteen bits") << 16 << 0 << QByteArray("\0\0\0\1\0\2\1\2", 8);
}

void TestTaskLabels::masks() {
    QFETCH(int, depth);
    QFETCH(int, color);
    QFETCH(QByteArray, row);
    std::vector<std::uint8_t> rows;
    for (int y = 0; y < 3; ++y)
        rows.insert(rows.end(), row.begin(), row.end());
    const std::vector<std::uint8_t> palette = {0, 0, 0, 128, 0, 0, 0, 128, 0, 224, 224, 192};
    testing::write_png(m_folder / "m.png", 4, 3, depth, color, rows,
                       color == 3 ? palette : std::vector<std::uint8_t>());
    const auto mask = read_mask(m_folder / "m.png");
    QVERIFY2(mask.has_value(), mask ? "" : mask.error().detail.c_str());
    QCOMPARE(mask->width, 4);
    const std::int32_t last = depth == 16 ? 258 : depth == 8 && color == 0 ? 255 : 3;
    for (std::size_t i = 0; i < 12; i += 4)
        QCOMPARE((std::vector<std::int32_t>(mask->classes.begin() + static_cast<std::ptrdiff_t>(i),
                                            mask->classes.begin() + static_cast<std::ptrdiff_t>(i) + 4)),
                 (std::vector<std::int32_t>{0, 1, 2, last}));
}

void TestTaskLabels::texts() {
    images({"a.png", "b c.png"});
    write(m_folder / "l.txt",
          "\xEF\xBB\xBF"
          "images/b c.png\t压力 12\r\na.png\t10\r\n");
    const auto labels = load("l.txt", task("ctc"));
    QVERIFY2(labels.has_value(), labels ? "" : labels.error().detail.c_str());
    QCOMPARE(std::get<std::string>((*labels)->of[0]), std::string("10"));
    QCOMPARE(std::get<std::string>((*labels)->of[1]), std::string("压力 12"));
    // Texts that are all numbers look like classes, but the task reads them.
    write(m_folder / "numbers.txt", "a.png\t10\nb c.png\t20\n");
    QCOMPARE(std::get<std::string>((*load("numbers.txt", task("ctc")))->of[1]), std::string("20"));
}

void TestTaskLabels::pairs() {
    images({"a.png", "b.png", "c.png"});
    write(m_folder / "p.txt", "# first second same\na.png b.png 1\na.png,c.png,0\nb.png z.png 0\n");
    const auto labels = load("p.txt", task("embedding"));
    QVERIFY2(labels.has_value(), labels ? "" : labels.error().detail.c_str());
    QCOMPARE((*labels)->pairs.size(), std::size_t(2));  // z.png is no sample
    QVERIFY((*labels)->pairs[0].same);
    QCOMPARE((*labels)->pairs[1].second, std::int64_t(2));
}

void TestTaskLabels::identities() {
    images({"anna/1.png", "anna/2.png", "anna/3.png", "ben/1.png", "ben/2.png", "carl/1.png"});
    const auto all = identity_pairs(*reader());
    QVERIFY(all);
    QCOMPARE(all->pairs.size(), std::size_t(15));
    const auto same = [](const Labels& labels) {
        return std::count_if(labels.pairs.begin(), labels.pairs.end(),
                             [](const Pair& one) { return one.same; });
    };
    QCOMPARE(same(*all), std::ptrdiff_t(4));
    const auto few = identity_pairs(*reader(), 8);
    QCOMPARE(few->pairs.size(), std::size_t(8));
    QCOMPARE(same(*few), std::ptrdiff_t(4));
    fs::remove_all(m_folder / "images");
    images({"a.png", "b.png"});
    QVERIFY(!identity_pairs(*reader()));
}

void TestTaskLabels::values() {
    images({"a.png", "b.png"});
    write(m_folder / "v.csv", "image,x,y\na.png,1.5,-2\nb.png,3,1e-3\n");
    const auto labels = load("v.csv", task("regression"));
    QVERIFY2(labels.has_value(), labels ? "" : labels.error().detail.c_str());
    QCOMPARE(std::get<std::vector<double>>((*labels)->of[0]), (std::vector<double>{1.5, -2}));
    QCOMPARE(std::get<std::vector<double>>((*labels)->of[1]), (std::vector<double>{3, 1e-3}));
}

void TestTaskLabels::kinds_data() {
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("kind");
    QTest::newRow("COCO") << QByteArray("l.json") << QByteArray(coco_text) << QByteArray("detection");
    QTest::newRow("YOLO") << QByteArray("d/a.txt") << QByteArray("0 .5 .5 .1 .1") << QByteArray("detection");
    QTest::newRow("VOC") << QByteArray("d/a.xml") << QByteArray("<annotation/>") << QByteArray("detection");
    QTest::newRow("masks") << QByteArray("d/a.png") << QByteArray("x") << QByteArray("segmentation");
    QTest::newRow("texts") << QByteArray("l.txt") << QByteArray("a.png\tone two\n") << QByteArray("text");
    QTest::newRow("pairs") << QByteArray("l.txt") << QByteArray("a.png b.png 1\n") << QByteArray("embedding");
    QTest::newRow("values") << QByteArray("l.csv") << QByteArray("a.png,0.5\n") << QByteArray("regression");
    QTest::newRow("several values") << QByteArray("l.csv") << QByteArray("n,x,y\na.png,1,2\n")
                                    << QByteArray("regression");
    QTest::newRow("classes") << QByteArray("l.txt") << QByteArray("a.png 7\nb.png 3\n") << QByteArray();
    QTest::newRow("classes after a tab") << QByteArray("l.txt") << QByteArray("a.png\t7\n") << QByteArray();
    QTest::newRow("class names") << QByteArray("l.txt") << QByteArray("a.png cat\n") << QByteArray();
    QTest::newRow("numbers alone") << QByteArray("l.txt") << QByteArray("7\n3\n") << QByteArray();
}

void TestTaskLabels::kinds() {
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, kind);
    write(m_folder / name.toStdString(), text.toStdString());
    const fs::path path = name.startsWith("d/") ? m_folder / "d" : m_folder / name.toStdString();
    const auto found = kind_of_labels(path);
    QVERIFY2(found.has_value(), found ? "" : found.error().detail.c_str());
    QCOMPARE(found->has_value(), !kind.isEmpty());
    if (found->has_value())
        QCOMPARE(QByteArray(std::string(name_of(**found)).c_str()), kind);
    QCOMPARE(*are_class_labels(path, {}), kind.isEmpty());
    QVERIFY(!*are_class_labels(path, {TaskKind::regression, Json::object()}));
}

void TestTaskLabels::broken_data() {
    QTest::addColumn<QByteArray>("decoder");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("where");
    const auto row = [](const char* what, const char* decoder, const char* name, const char* text,
                        const char* where) {
        QTest::newRow(what) << QByteArray(decoder) << QByteArray(name) << QByteArray(text)
                            << QByteArray(where);
    };
    row("JSON that ends", "yolov8", "l.json", "{\"images\": [", "line 1");
    row("JSON of something else", "yolov8", "l.json", "[1, 2]", "images");
    row("no categories", "yolov8", "l.json", R"({"images":[],"annotations":[]})", "categories");
    row("an image without a name", "yolov8", "l.json",
        R"({"images":[{"id":1}],"annotations":[],"categories":[]})", "file_name");
    row("a box of three numbers", "yolov8", "l.json",
        R"({"images":[{"id":1,"file_name":"a.png"}],"categories":[{"id":1,"name":"c"}],
            "annotations":[{"image_id":1,"category_id":1,"bbox":[1,2,3]}]})",
        "annotations[0].bbox");
    row("a category that is not there", "yolov8", "l.json",
        R"({"images":[{"id":1,"file_name":"a.png"}],"categories":[{"id":1,"name":"c"}],
            "annotations":[{"image_id":1,"category_id":2,"bbox":[1,2,3,4]}]})",
        "category_id: 2");
    row("an image that is not there", "yolov8", "l.json",
        R"({"images":[{"id":1,"file_name":"a.png"}],"categories":[{"id":1,"name":"c"}],
            "annotations":[{"image_id":7,"category_id":1,"bbox":[1,2,3,4]}]})",
        "image_id: 7");
    row("YOLO with a word", "yolov8", "d/a.txt", "0 0.5 0.5 0.1 0.1\ncat 0.5 0.5 0.1 0.1\n", "line 2");
    row("YOLO with pixels", "yolov8", "d/a.txt", "0 15 5 10 10\n", "fractions");
    row("YOLO with four numbers", "yolov8", "d/a.txt", "0 0.5 0.5 0.1\n", "line 1");
    row("YOLO with half a class", "yolov8", "d/a.txt", "0.5 0.5 0.5 0.1 0.1\n", "whole number");
    row("XML that ends", "yolov8", "d/a.xml", "<annotation>\n<object><name>cat</name>", "line 2");
    row("XML crossed", "yolov8", "d/a.xml", "<annotation><object></annotation></object>", "closes nothing");
    row("XML of something else", "yolov8", "d/a.xml", "<html></html>", "<annotation>");
    row("XML without a box", "yolov8", "d/a.xml",
        "<annotation><object><name>cat</name></object></annotation>", "object 1");
    row("XML with a word", "yolov8", "d/a.xml",
        "<annotation><object><name>cat</name><bndbox><xmin>one</xmin></bndbox></object></annotation>",
        "<xmin>");
    row("no XML", "yolov8", "d/a.xml", "cat 1 2 3 4", "outside");
    row("a text without a tab", "ctc", "l.txt", "a.png\tone\nb.png two\n", "line 2");
    row("an empty list", "ctc", "l.txt", "\n# nothing\n", "nothing in it");
    row("a pair of one", "embedding", "l.txt", "a.png b.png 1\na.png 0\n", "line 2");
    row("a pair that is perhaps the same", "embedding", "l.txt", "a.png b.png 0.5\n", "line 1");
    row("values and a word", "regression", "l.csv", "a.png,1.5\nb.png,much\n", "line 2");
    row("rows of two widths", "regression", "l.csv", "a.png,1.5,2\nb.png,1\n", "line 2");
}

void TestTaskLabels::broken() {
    QFETCH(QByteArray, decoder);
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, where);
    images({"a.png", "b.png"});
    const fs::path file = m_folder / name.toStdString();
    write(file, text.toStdString());
    const auto labels = load(name.startsWith("d/") ? "d" : name.constData(), task(decoder.constData()));
    QVERIFY(!labels.has_value());
    QCOMPARE(labels.error().code, ErrorCode::labels_unreadable);
    QCOMPARE(labels.error().subject, file.string());
    QVERIFY2(labels.error().detail.find(where.toStdString()) != std::string::npos,
             labels.error().detail.c_str());
}

void TestTaskLabels::other_tasks() {
    images({"a.png", "b.png"});
    write(m_folder / "l.json", coco_text);
    const auto boxes = load("l.json", task("ctc"));
    QVERIFY(!boxes.has_value());
    QCOMPARE(boxes.error().code, ErrorCode::labels_other_task);
    write(m_folder / "l.txt", "a.png 1\n");
    QCOMPARE(load("l.txt", task("yolov8")).error().code, ErrorCode::labels_other_task);
    write(m_folder / "t.txt", "z.png\tone\n");
    QCOMPARE(load("t.txt", task("ctc")).error().code, ErrorCode::images_labels_match_nothing);
    fs::create_directories(m_folder / "empty");
    QCOMPARE(load("empty", task("yolov8")).error().code, ErrorCode::labels_unreadable);
    QCOMPARE(load("not there", task("yolov8")).error().code, ErrorCode::labels_unreadable);
    testing::write_png(m_folder / "rgb.png", 1, 1, 8, 2, {1, 2, 3});
    QCOMPARE(read_mask(m_folder / "rgb.png").error().code, ErrorCode::labels_unreadable);
    write(m_folder / "no.png", "not a picture");
    QCOMPARE(read_mask(m_folder / "no.png").error().code, ErrorCode::labels_unreadable);
}

QTEST_GUILESS_MAIN(TestTaskLabels)
#include "test_task_labels.moc"
