// The report in its four forms: order, escaping, and that nothing half-written stays.
#include <QTemporaryDir>
#include <QtTest>

#include "core/base/atomic_file.h"
#include "core/export/report.h"

using namespace quantwright;

class TestReport : public QObject {
    Q_OBJECT

    static std::string upper(const char* key) { return std::string("«") + key + "»"; }

    static Report example() {
        Report report{
            "<b>net</b>.onnx",  "SpacemiT K1", "zh", {{"SNR", "18.0 dB"}}, {}, {{"warning", "a|b <script>"}},
            {{"out", "x.onnx"}}};
        report.layers.push_back({"/head/\"fc\",1", "Gemm", "A INT8 / W INT8", {}, 12.26, 1234567, 89});
        report.layers.push_back({"/a|b`<i>", "Conv", "A INT8 / W INT8", {}, 30.0, 10, 1000});
        report.layers.push_back({"/softmax", "Softmax", {}, "not_in_target", {}, 0, 0});
        return report;
    }

    static std::string read(const std::filesystem::path& path) {
        return read_file(path, ErrorCode::runtime_failed).value_or("");
    }

private slots:
    void writes_four_files() {
        QTemporaryDir folder;
        const auto place = std::filesystem::path(folder.path().toStdString()) / "made" / "here";
        const auto files = write_report(example(), place, upper);
        QVERIFY(files);
        QCOMPARE(QDir(QString::fromStdString(place.string())).entryList(QDir::Files).join(" "),
                 QString("report.csv report.html report.json report.md"));
        QCOMPARE(read(files->json), to_text(example().json));
    }

    void html_escapes_and_stands_alone() {
        QTemporaryDir folder;
        const auto files = write_report(example(), folder.path().toStdString(), upper);
        QVERIFY(files);
        const QString html = QString::fromStdString(read(files->html));
        QVERIFY(html.startsWith("<!DOCTYPE html>"));
        QVERIFY(html.contains("lang=\"zh-CN\""));
        QVERIFY(html.contains("&lt;b&gt;net&lt;/b&gt;.onnx"));
        QVERIFY(html.contains("/head/&quot;fc&quot;,1"));
        QVERIFY(html.contains("a|b &lt;script&gt;"));
        QVERIFY(!html.contains("<script") && !html.contains("<b>net") && !html.contains("<i>"));
        QVERIFY(!html.contains("http:") && !html.contains("https:") && !html.contains("src="));
        QVERIFY(html.contains("prefers-color-scheme: dark"));
        QVERIFY(html.contains("1,234,567"));
        QVERIFY(html.contains("«not_in_target»"));
    }

    void heat_is_strongest_for_the_most_sensitive() {
        QTemporaryDir folder;
        const auto files = write_report(example(), folder.path().toStdString(), upper);
        QVERIFY(files);
        const QString html = QString::fromStdString(read(files->html));
        const auto first = html.indexOf("--level:1.000\">12.3<"),
                   second = html.indexOf("--level:0.000\">30.0<");
        QVERIFY2(first > 0 && second > first, qPrintable(html.mid(html.indexOf("<tbody>"))));
        QCOMPARE(html.count("class=\"number heat\""), 2);  // the float layer has no number
    }

    void markdown_keeps_its_tables() {
        QTemporaryDir folder;
        const auto files = write_report(example(), folder.path().toStdString(), upper);
        QVERIFY(files);
        for (const QString& line : QString::fromStdString(read(files->markdown)).split('\n')) {
            if (!line.startsWith("| ") || line == "| | |")
                continue;
            const auto bars = QString(line).remove("\\|").count('|');
            QVERIFY2(bars == 3 || bars == 8, qPrintable(line));
            QVERIFY2(!line.contains("<i>"), qPrintable(line));
        }
    }

    void csv_is_rfc_4180() {
        QTemporaryDir folder;
        const auto files = write_report(example(), folder.path().toStdString(), upper);
        QVERIFY(files);
        const QStringList lines = QString::fromStdString(read(files->csv)).split("\r\n");
        QCOMPARE(lines[0], QString("layer,op,format,kept_float,snr_db_alone,parameters,macs"));
        QCOMPARE(lines[1], QString("\"/head/\"\"fc\"\",1\",Gemm,A INT8 / W INT8,,12.2600,1234567,89"));
        QCOMPARE(lines[3], QString("/softmax,Softmax,,not_in_target,,0,0"));
        QCOMPARE(lines.size(), 5);
    }

    void a_file_in_the_way_is_an_error_that_leaves_nothing() {
        QTemporaryDir folder;
        const auto root = std::filesystem::path(folder.path().toStdString());
        QVERIFY(write_file(root / "taken", "x"));
        const auto under_a_file = write_report(example(), root / "taken", upper);
        QVERIFY(!under_a_file);
        QCOMPARE(name_of(under_a_file.error().code), std::string_view("output.unwritable"));
        // A folder where report.json should go: the other three must not appear either.
        std::filesystem::create_directories(root / "report" / "report.json");
        const auto blocked = write_report(example(), root / "report", upper);
        QVERIFY(!blocked);
        QCOMPARE(QDir(folder.path() + "/report")
                     .entryList(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden)
                     .join(" "),
                 QString("report.json"));
    }
};

QTEST_GUILESS_MAIN(TestReport)
#include "test_report.moc"
