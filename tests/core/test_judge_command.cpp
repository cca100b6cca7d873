// --judge: a program of the user's that scores, crashes, hangs, prints rubbish or nothing.
#include <QTemporaryDir>
#include <QtTest>

#include "core/images/input_reader.h"
#include "core/task/judge_command.h"
#include "tests/core/files.h"

using namespace quantwright;
namespace fs = std::filesystem;

class TestJudgeCommand : public QObject {
    Q_OBJECT

private slots:
    void figures();
    void what_it_gets();
    void failures_data();
    void failures();
    void hangs();
    void cancelled();

private:
    static std::unique_ptr<CommandJudge> judge(const std::string& command,
                                               const std::vector<std::string>& outputs = {"y"}) {
        auto made = CommandJudge::create(command, outputs);
        return made ? std::move(*made) : nullptr;
    }
};

void TestJudgeCommand::figures() {
    const auto found =
        judge(R"(printf '{"dice": 0.75,\n "distance": 3, "lower_is_better": ["distance"]}' #)")->run();
    QVERIFY2(found.has_value(), found ? "" : found.error().detail.c_str());
    QCOMPARE(found->figures.size(), std::size_t(2));
    QCOMPARE(found->figures[0].name, std::string("dice"));
    QCOMPARE(found->figures[0].value, 0.75);
    QCOMPARE(found->lower_is_better, std::vector<std::string>{"distance"});
}

void TestJudgeCommand::what_it_gets() {
    QTemporaryDir kept;
    const fs::path copy = kept.path().toStdString();
    fs::path folder;
    {
        const auto one = judge("copy() { cp -r \"$1\"/. " + copy.string() + "; echo \"$1\" > " +
                                   copy.string() + "/where; echo '{\"n\": 2}'; }; copy",
                               {"boxes", "a/b"});
        const std::vector<Tensor> outputs = {make_tensor({1, 2}, std::vector<float>{1.5f, -2}),
                                             make_tensor({3}, std::vector<std::int64_t>{7, 8, 9})};
        QVERIFY(one->add(0, "first.png", outputs).has_value());
        QVERIFY(one->add(4, "/data/other.png", outputs).has_value());
        QCOMPARE(one->run()->figures[0].value, 2.0);
        folder = testing::bytes_of(copy / "where");
    }
    folder = folder.string().substr(0, folder.string().size() - 1);
    QVERIFY(!folder.empty() && !fs::exists(folder));  // it goes with the judge
    QCOMPARE(testing::bytes_of(copy / "images.txt"),
             "0\t" + fs::absolute("first.png").string() + "\n4\t/data/other.png\n");
    const auto boxes = read_npy(copy / "outputs" / "4.boxes.npy");
    QVERIFY2(boxes.has_value(), boxes ? "" : boxes.error().detail.c_str());
    QCOMPARE(boxes->shape, (Shape{1, 2}));
    QCOMPARE(boxes->floats()[1], -2.0f);
    const auto other = read_npy(copy / "outputs" / "0.a_b.npy");
    QVERIFY(other.has_value());
    QCOMPARE(other->as<std::int64_t>()[2], std::int64_t(9));
}

void TestJudgeCommand::failures_data() {
    QTest::addColumn<QByteArray>("command");
    QTest::addColumn<QByteArray>("detail");
    const auto row = [](const char* name, const char* command, const char* detail) {
        QTest::newRow(name) << QByteArray(command) << QByteArray(detail);
    };
    row("crash", "kill -SEGV $$ #", "signal 11");
    row("crash of what it runs", "sh -c 'kill -ABRT $$' #", "signal 6");
    row("error", "echo 'no model here' >&2; exit 3 #", "ended with 3: no model here");
    row("not there", "no-such-program-anywhere", "ended with 127");
    row("nothing", "true", "printed nothing");
    row("rubbish", "echo score: 5 #", "no JSON object: score: 5");
    row("a list", "echo '[1]' #", "no JSON object");
    row("two objects", "echo '{\"a\":1}{\"b\":2}' #", "no JSON object");
    row("no figure", "echo '{}' #", "no figure");
    row("a word", "echo '{\"score\": \"good\"}' #", "score is no number");
    row("not a number", "echo '{\"score\": NaN}' #", "no JSON object");
    row("directions", "echo '{\"a\": 1, \"lower_is_better\": \"a\"}' #", "lower_is_better");
    row("endless rubbish", "head -c 3000000 /dev/zero | tr '\\0' x #", "no JSON object");
}

void TestJudgeCommand::failures() {
    QFETCH(QByteArray, command);
    QFETCH(QByteArray, detail);
    const auto found = judge(command.toStdString())->run();
    QVERIFY(!found.has_value());
    QCOMPARE(found.error().code, ErrorCode::judge_failed);
    QCOMPARE(found.error().subject, command.toStdString());
    QVERIFY2(found.error().detail.find(detail.toStdString()) != std::string::npos,
             found.error().detail.c_str());
}

void TestJudgeCommand::hangs() {
    // What it started holds the pipe open, too.
    const auto found = judge("sleep 1000; echo '{\"a\": 1}' #")->run(std::chrono::seconds(1));
    QVERIFY(!found.has_value());
    QCOMPARE(found.error().code, ErrorCode::judge_failed);
    QVERIFY2(found.error().detail.find("no end after 1 s") != std::string::npos,
             found.error().detail.c_str());
}

void TestJudgeCommand::cancelled() {
    CancelToken token;
    token.cancel();
    const auto found = judge("sleep 1000 #")->run(std::chrono::hours(1), JobContext(token));
    QVERIFY(!found.has_value());
    QCOMPARE(found.error().code, ErrorCode::cancelled);
}

QTEST_GUILESS_MAIN(TestJudgeCommand)
#include "test_judge_command.moc"
