// The window's command line, and shapes as people type them.
#include <QTest>

#include "widgets/window/shape_dialog.h"
#include "widgets/window/start_options.h"

using namespace quantwright;

class StartOptionsTest : public QObject {
    Q_OBJECT

private slots:
    void everythingAtOnce();
    void nothingAtAll();
    void wrongCommandLines_data();
    void wrongCommandLines();
    void shapes();
};

void StartOptionsTest::everythingAtOnce() {
    QString message;
    const auto options = parseStart({"quantwright", "a.onnx", "--images", "folder", "--lang", "zh"}, message);
    QVERIFY(options);
    QCOMPARE(options->file, QStringLiteral("a.onnx"));
    QCOMPARE(options->images, QStringLiteral("folder"));
    QCOMPARE(options->language, QStringLiteral("zh"));
    QVERIFY(!options->sample);
}

void StartOptionsTest::nothingAtAll() {
    QString message;
    const auto options = parseStart({"quantwright"}, message);
    QVERIFY(options);
    QVERIFY(options->file.isEmpty() && options->language.isEmpty());
}

void StartOptionsTest::wrongCommandLines_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("two files") << QStringList{"quantwright", "a.onnx", "b.onnx"};
    QTest::newRow("unknown language") << QStringList{"quantwright", "--lang", "fr"};
    QTest::newRow("unknown option") << QStringList{"quantwright", "--nonsense"};
    QTest::newRow("missing value") << QStringList{"quantwright", "--images"};
}

void StartOptionsTest::wrongCommandLines() {
    QFETCH(QStringList, arguments);
    QString message;
    QVERIFY(!parseStart(arguments, message));
    QVERIFY(!message.isEmpty());
}

void StartOptionsTest::shapes() {
    QCOMPARE(shapeFromText(QStringLiteral("1,3,224,224")), (Shape{1, 3, 224, 224}));
    QCOMPARE(shapeFromText(QStringLiteral(" 1x3×8 8 ")), (Shape{1, 3, 8, 8}));
    QVERIFY(shapeFromText(QStringLiteral("1,3,?,8")).empty());
    QVERIFY(shapeFromText(QStringLiteral("1,-3")).empty());
    QVERIFY(shapeFromText(QStringLiteral("0")).empty());
    QVERIFY(shapeFromText(QString()).empty());
}

QTEST_MAIN(StartOptionsTest)
#include "test_start_options.moc"
