#include "widgets/window/images_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPointer>
#include <QPushButton>
#include <QRegularExpression>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "core/base/atomic_file.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/style_sheet.h"
#include "widgets/window/preprocess_text.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

/// Rows of the list of steps; the presets come between the first and the last two.
constexpr int inferred_row = 0, first_preset_row = 1;
int customRow() {
    return first_preset_row + static_cast<int>(preprocess_preset_names().size());
}
int fileRow() {
    return customRow() + 1;
}

QString numbers(const std::vector<double>& values) {
    QStringList texts;
    for (const double value : values)
        texts << QString::number(value, 'g', 6);
    return texts.join(QStringLiteral(", "));
}

/// Empty unless all are numbers.
std::vector<double> numbersFrom(const QString& text) {
    static const QRegularExpression separator(QStringLiteral("[,;\\s]+"));
    std::vector<double> values;
    for (const QString& part : text.split(separator, Qt::SkipEmptyParts)) {
        bool valid = false;
        values.push_back(part.toDouble(&valid));
        if (!valid)
            return {};
    }
    return values;
}

}  // namespace

ImagesDialog::ImagesDialog(std::shared_ptr<const Prepared> prepared, const ImageSettings& settings,
                           JobRunner* jobs, QWidget* parent)
    : QDialog(parent), m_prepared(std::move(prepared)), m_jobs(jobs) {
    setObjectName(QStringLiteral("images_dialog"));
    setWindowTitle(tr("Images and preprocessing"));
    if (const auto input = image_input(*m_prepared->model)) {
        m_by_images = !settings.inputs.contains(input->name);
        m_input = input->name;
        m_type = input->type;
    }
    if (const auto shape = imageInputShape(*m_prepared))
        m_shape = *shape;
    if (const auto inferred = effectivePreprocess(*m_prepared, {}))
        m_inferred = *inferred;

    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(8);
    grid->setColumnStretch(1, 1);
    m_calibration = addFolder(grid, 0, tr("Calibration images"), Takes::samples);
    m_calibration->setObjectName(QStringLiteral("calibration_folder"));
    m_evaluation = addFolder(grid, 1, tr("Evaluation images"), Takes::samples);
    m_evaluation->setPlaceholderText(tr("the calibration images"));
    if (QWidget* inputs = buildInputs(settings))
        grid->addWidget(inputs, 2, 0, 1, 3);
    m_labels = addFolder(grid, 3, tr("Labels"), Takes::labels);
    m_labels->setPlaceholderText(tr("class folders, where there are any"));
    m_count = new QLabel(this);
    m_count->setProperty("role", QStringLiteral("quiet"));
    m_count->setObjectName(QStringLiteral("image_count"));
    m_count->setWordWrap(true);
    grid->addWidget(m_count, 4, 1, 1, 2);

    m_preset = new QComboBox(this);
    m_preset->addItem(tr("Inferred from the model"));
    for (const std::string& name : preprocess_preset_names())
        m_preset->addItem(QString::fromStdString(name));
    m_preset->addItem(tr("As chosen before"));
    m_preset->addItem(tr("From a file…"));
    m_mean = new QLineEdit(this);
    m_std = new QLineEdit(this);
    m_mean->setFont(figureFont());
    m_std->setFont(figureFont());
    m_color = new QComboBox(this);
    m_color->addItem(QStringLiteral("RGB"), static_cast<int>(ColorFormat::rgb));
    m_color->addItem(QStringLiteral("BGR"), static_cast<int>(ColorFormat::bgr));
    m_color->addItem(tr("Grey"), static_cast<int>(ColorFormat::gray));
    if (channels_of(m_inferred.color) == 4) {
        m_color->addItem(QStringLiteral("RGBA"), static_cast<int>(ColorFormat::rgba));
        m_color->addItem(QStringLiteral("BGRA"), static_cast<int>(ColorFormat::bgra));
    }
    m_summary = new QLabel(this);
    m_summary->setWordWrap(true);
    m_summary->setProperty("role", QStringLiteral("quiet"));
    m_summary->setMinimumHeight(QFontMetrics(m_summary->font()).lineSpacing() * 3);
    m_summary->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    int row = 5;
    auto* heading = new QLabel(tr("Preprocessing"), this);
    heading->setProperty("role", QStringLiteral("section"));
    grid->setRowMinimumHeight(row, 34);
    grid->addWidget(heading, row++, 0, 1, 3, Qt::AlignBottom);
    const auto add = [&](const QString& text, QWidget* editor) {
        auto* label = new QLabel(text, this);
        label->setBuddy(editor);
        grid->addWidget(label, row, 0);
        grid->addWidget(editor, row++, 1, 1, 2);
    };
    add(tr("Steps"), m_preset);
    add(tr("Colours"), m_color);
    add(tr("Mean"), m_mean);
    add(tr("Standard deviation"), m_std);
    grid->addWidget(m_summary, row, 1, 1, 2);
    // Without an input for images there is nothing to say of them.
    for (int at : {0, 1, 5, 6, 7, 8, 9, 10})
        for (int column = 0; column < grid->columnCount() && !m_by_images; ++column)
            if (QLayoutItem* item = grid->itemAtPosition(at, column))
                item->widget()->hide();
    if (!m_by_images)
        grid->setRowMinimumHeight(5, 0);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setText(tr("Use these"));
    buttons->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));
    for (QAbstractButton* button : buttons->buttons())
        button->setIcon({});
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 14, 16, 14);
    layout->setSpacing(12);
    layout->addLayout(grid);
    layout->addStretch();
    layout->addWidget(buttons);
    setMinimumWidth(620);

    fillFrom(settings);
    connect(m_preset, &QComboBox::activated, this, &ImagesDialog::presetChosen);
    connect(m_color, &QComboBox::activated, this, &ImagesDialog::check);
    std::vector<QLineEdit*> paths = {m_calibration, m_evaluation, m_labels};
    for (const OtherInput& other : m_others)
        paths.insert(paths.end(), {other.calibration, other.evaluation});
    // Not while a path is typed, whose beginnings are folders, too, and large ones.
    auto* typed = new QTimer(this);
    typed->setSingleShot(true);
    typed->setInterval(500);
    connect(typed, &QTimer::timeout, this, &ImagesDialog::countImages);
    for (QLineEdit* edit : paths)
        connect(edit, &QLineEdit::textChanged, typed, qOverload<>(&QTimer::start));
    paths.insert(paths.end(), {m_mean, m_std});
    for (QLineEdit* edit : paths)
        connect(edit, &QLineEdit::textChanged, this, &ImagesDialog::check);
    check();
    countImages();
}

QLineEdit* ImagesDialog::addPath(QGridLayout* grid, int row, int column, const QString& name, Takes takes) {
    auto* edit = new QLineEdit(this);
    auto* browse = new QToolButton(this);
    browse->setText(tr("Browse…"));
    browse->setAccessibleName(tr("Browse: %1").arg(name));
    grid->addWidget(edit, row, column);
    grid->addWidget(browse, row, column + 1);
    const auto ask = [this, edit, name](QFileDialog::FileMode mode) {
        auto* dialog = new QFileDialog(this, name, edit->text());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(mode);
        connect(dialog, &QFileDialog::fileSelected, edit, &QLineEdit::setText);
        dialog->open();
    };
    const auto mode = takes == Takes::labels ? QFileDialog::ExistingFile : QFileDialog::Directory;
    connect(browse, &QToolButton::clicked, this, [ask, mode] { ask(mode); });
    auto* menu = new QMenu(browse);
    connect(menu->addAction(tr("Folder…")), &QAction::triggered, this,
            [ask] { ask(QFileDialog::Directory); });
    connect(menu->addAction(takes == Takes::labels ? tr("File…") : tr("List or array (.txt, .npy, .npz)…")),
            &QAction::triggered, this, [ask] { ask(QFileDialog::ExistingFile); });
    browse->setMenu(menu);
    browse->setPopupMode(QToolButton::MenuButtonPopup);
    return edit;
}

QLineEdit* ImagesDialog::addFolder(QGridLayout* grid, int row, const QString& label, Takes takes) {
    auto* name = new QLabel(label, this);
    grid->addWidget(name, row, 0);
    QLineEdit* edit = addPath(grid, row, 1, label, takes);
    name->setBuddy(edit);
    return edit;
}

QWidget* ImagesDialog::buildInputs(const ImageSettings& settings) {
    auto* box = new QWidget(this);
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(8);
    int row = 0;
    const auto heading = [&](const QString& text, int column) {
        auto* label = new QLabel(text, box);
        label->setProperty("role", QStringLiteral("quiet"));
        grid->addWidget(label, row, column);
    };
    heading(m_by_images ? tr("Other inputs") : tr("Inputs"), 0);
    heading(tr("Calibration: images, .npy, .npz or .raw"), 1);
    heading(tr("Evaluation"), 3);
    grid->setColumnStretch(1, 3);
    grid->setColumnStretch(3, 2);
    for (const ValueInfo& input : m_prepared->model->inputs()) {
        if (m_by_images && input.name == m_input)
            continue;
        OtherInput other{input, {}, nullptr, nullptr};
        if (const auto before = settings.inputs.find(input.name); before != settings.inputs.end())
            other.before = before->second;
        ++row;
        const QString name = QString::fromStdString(input.name);
        auto* label = new QLabel(name, box);
        QStringList sizes;
        for (const auto& dimension : input.shape)
            sizes << QString::number(dimension.value);
        const auto type = name_of(input.type);
        label->setToolTip(
            QStringLiteral("%1 %2").arg(QString::fromLatin1(type.data(), static_cast<qsizetype>(type.size())),
                                        sizes.join(QStringLiteral("×"))));
        grid->addWidget(label, row, 0);
        other.calibration = addPath(grid, row, 1, name, Takes::samples);
        other.evaluation = addPath(grid, row, 3, tr("%1, evaluation").arg(name), Takes::samples);
        other.calibration->setObjectName(QStringLiteral("calibration_of_") + name);
        other.evaluation->setObjectName(QStringLiteral("evaluation_of_") + name);
        other.evaluation->setPlaceholderText(tr("the same"));
        other.calibration->setText(QString::fromStdString(other.before.calibration.path.string()));
        other.evaluation->setText(QString::fromStdString(other.before.evaluation.string()));
        label->setBuddy(other.calibration);
        m_others.push_back(std::move(other));
    }
    if (!m_others.empty())
        return box;
    delete box;
    return nullptr;
}

void ImagesDialog::fillFrom(const ImageSettings& settings) {
    m_calibration->setText(QString::fromStdString(settings.calibration.string()));
    m_first_of = calibrationPaths();
    m_at_most = settings.at_most;
    m_evaluation->setText(QString::fromStdString(settings.evaluation.string()));
    m_labels->setText(QString::fromStdString(settings.labels.string()));
    m_task = settings.task;
    m_custom = settings.preprocess;
    m_base = settings.preprocess.value_or(m_inferred);
    m_preset->setCurrentIndex(settings.preprocess ? customRow() : inferred_row);
    m_last_preset = m_preset->currentIndex();
    m_mean->setText(numbers(m_base.mean));
    m_std->setText(numbers(m_base.std));
    m_color->setCurrentIndex(m_color->findData(static_cast<int>(m_base.color)));
}

void ImagesDialog::presetChosen(int index) {
    if (index == fileRow()) {
        m_preset->setCurrentIndex(m_last_preset);  // until a file is chosen
        chooseFile();
        return;
    }
    if (index == inferred_row) {
        m_base = m_inferred;
    } else if (index == customRow()) {
        m_base = m_custom.value_or(m_inferred);
    } else if (const auto preset = preprocess_preset(
                   preprocess_preset_names()[static_cast<std::size_t>(index - first_preset_row)], m_shape,
                   m_type)) {
        m_base = *preset;
    }
    m_last_preset = index;
    m_mean->setText(numbers(m_base.mean));
    m_std->setText(numbers(m_base.std));
    m_color->setCurrentIndex(m_color->findData(static_cast<int>(m_base.color)));
    check();
}

void ImagesDialog::chooseFile() {
    auto* dialog = new QFileDialog(this, tr("Preprocessing file"), {}, QStringLiteral("JSON (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        const auto preprocess = resolve_preprocess(file.toStdString(), m_shape, {}, m_type);
        if (!preprocess) {
            m_summary->setText(words::message(preprocess.error()) + QLatin1Char(' ') +
                               words::hint(preprocess.error()));
            return;
        }
        m_custom = *preprocess;
        m_preset->setCurrentIndex(customRow());
        presetChosen(customRow());
    });
    dialog->open();
}

std::optional<Preprocess> ImagesDialog::chosen() const {
    Preprocess preprocess = m_base;
    preprocess.mean = numbersFrom(m_mean->text());
    preprocess.std = numbersFrom(m_std->text());
    preprocess.color = static_cast<ColorFormat>(m_color->currentData().toInt());
    const auto channels = static_cast<std::size_t>(channels_of(preprocess.color));
    if (preprocess.mean.size() != channels || preprocess.std.size() != channels)
        return {};
    for (const double std : preprocess.std)
        if (std <= 0)
            return {};
    return preprocess;
}

void ImagesDialog::check() {
    const auto preprocess = chosen();
    const auto mark = [](QLineEdit* edit, bool invalid) {
        edit->setProperty("invalid", invalid);
        restyle(edit);
    };
    const auto missing = [](const QLineEdit* edit) {
        return !edit->text().isEmpty() && !QFileInfo::exists(edit->text());
    };
    mark(m_calibration, missing(m_calibration));
    mark(m_evaluation, missing(m_evaluation));
    mark(m_labels, missing(m_labels));
    bool all_there = calibrationThere() && !missing(m_evaluation) && !missing(m_labels);
    for (const OtherInput& other : m_others) {
        mark(other.calibration, missing(other.calibration));
        mark(other.evaluation, missing(other.evaluation));
        all_there = all_there && !missing(other.evaluation);
    }
    mark(m_mean, !preprocess);
    mark(m_std, !preprocess);
    m_summary->setText(preprocess ? preprocessText(*preprocess)
                                  : tr("Mean and standard deviation need one number for each channel."));
    m_ok->setEnabled((preprocess || !m_by_images) && all_there);
}

QStringList ImagesDialog::calibrationPaths() const {
    QStringList paths;
    if (m_by_images)
        paths << m_calibration->text();
    for (const OtherInput& other : m_others)
        paths << other.calibration->text();
    return paths;
}

bool ImagesDialog::calibrationThere() const {
    const QStringList paths = calibrationPaths();
    return std::all_of(paths.begin(), paths.end(),
                       [](const QString& path) { return QFileInfo::exists(path); });
}

std::int64_t ImagesDialog::atMost() const {
    return calibrationPaths() == m_first_of ? m_at_most : -1;
}

void ImagesDialog::countImages() {
    ImageSettings asked = settings();
    asked.preprocess.reset();
    m_count->setText(QString());
    if (!calibrationThere())
        return;
    struct Counted {
        std::int64_t samples = 0;
        std::vector<Problem> problems;  ///< of the labels
    };
    m_jobs->start(
        QStringLiteral("count-images"),
        [asked, model = m_prepared->model](const JobContext&) -> Result<Counted> {
            SampleRequest all = calibration_request(asked);
            all.at_most = -1;
            const auto samples = open_samples(*model, all);
            if (!samples)
                return fail(samples);
            const auto request = judged_samples(asked);
            if (!request)
                return fail(request);
            auto judged = open_samples(*model, *request);
            if (!judged)
                return fail(judged);
            return Counted{samples->reader->samples(), std::move(judged->problems)};
        },
        [dialog = QPointer<ImagesDialog>(this), asked](Result<Counted> counted) {
            if (!dialog)
                return;
            ImageSettings now = dialog->settings();
            now.preprocess.reset();
            if (!(now == asked))  // another job counts those
                return;
            if (!counted) {
                dialog->m_count->setText(words::message(counted.error()));
                return;
            }
            const auto count = static_cast<int>(counted->samples);
            const QString there = dialog->m_by_images
                                      ? ImagesDialog::tr("%n image(s) there", nullptr, count)
                                      : ImagesDialog::tr("%n sample(s) there", nullptr, count);
            const std::int64_t at_most = dialog->atMost();
            const bool some = at_most >= 0 && at_most < counted->samples;
            //: How many images a folder or list has; of how many the first are used
            QStringList texts(some ? ImagesDialog::tr("%1, the first %2 are used").arg(there).arg(at_most)
                                   : there);
            for (const Problem& problem : counted->problems)
                texts << words::message(problem);
            dialog->m_count->setText(texts.join(QLatin1Char('\n')));
        });
}

ImageSettings ImagesDialog::settings() const {
    ImageSettings settings;
    for (const OtherInput& other : m_others) {
        InputSettings& input = settings.inputs[other.input.name];
        input = other.before;
        const std::filesystem::path path = other.calibration->text().toStdString();
        if (path != other.before.calibration.path)  // .raw files are as the model takes them
            input.calibration = {path, ReadAs::by_extension,
                                 raw_type_named(name_of(other.input.type)).value_or(ElementType::float32)};
        input.evaluation = other.evaluation->text().toStdString();
    }
    settings.labels = m_labels->text().toStdString();
    settings.task = m_task;
    settings.at_most = atMost();
    if (!m_by_images)
        return settings;
    settings.calibration = m_calibration->text().toStdString();
    settings.evaluation = m_evaluation->text().toStdString();
    const auto preprocess = chosen();
    // What is only inferred isn't written into the project.
    if (preprocess && !(m_preset->currentIndex() == inferred_row && *preprocess == m_inferred))
        settings.preprocess = preprocess;
    return settings;
}

}  // namespace quantwright
