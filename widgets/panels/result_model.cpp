#include "widgets/panels/result_model.h"

#include <QFileInfo>
#include <QIcon>
#include <QPixmap>
#include <algorithm>
#include <set>

#include "widgets/panels/change_text.h"
#include "widgets/panels/picture_file.h"
#include "widgets/panels/thumbnails.h"
#include "widgets/theme/plain_tip.h"
#include "widgets/theme/theme.h"

namespace quantwright {
namespace {

void add(int category, std::vector<int>& categories) {
    if (categories.empty() || categories.back() != category)
        if (std::find(categories.begin(), categories.end(), category) == categories.end())
            categories.push_back(category);
}

void collect(const Shown& shown, std::vector<int>& categories) {
    if (const auto* boxes = std::get_if<Detections>(&shown))
        for (const Detection& one : *boxes)
            add(one.category, categories);
    if (const auto* mask = std::get_if<RunMask>(&shown))
        for (const RunMask::Run& run : mask->runs)
            add(run.category, categories);
    if (const auto* ranking = std::get_if<Ranking>(&shown); ranking && !ranking->empty())
        add(ranking->classes.front(), categories);
}

}  // namespace

ResultModel::ResultModel(Thumbnails* thumbnails, QObject* parent)
    : QAbstractListModel(parent), m_thumbnails(thumbnails) {
    connect(thumbnails, &Thumbnails::arrived, this, [this] {
        if (!m_rows.empty())
            emit dataChanged(index(0), index(rowCount() - 1), {Qt::DecorationRole});
    });
}

void ResultModel::setResults(std::shared_ptr<const Judgement> judgement, const QString& source) {
    beginResetModel();
    m_judgement = std::move(judgement);
    m_source = source;
    m_changes.clear();
    m_category.reset();
    m_categories.clear();
    if (m_judgement) {
        for (const Change& change : m_judgement->changes)
            m_changes[change.sample] = &change;
        for (const ShownResult& one : m_judgement->shown) {
            auto& categories = m_categories.emplace_back();
            collect(one.found, categories);
            collect(one.reference, categories);
        }
    }
    filter();
    endResetModel();
}

void ResultModel::setFilter(bool changed_only, std::optional<int> category) {
    beginResetModel();
    m_changed_only = changed_only;
    m_category = category;
    filter();
    endResetModel();
}

void ResultModel::filter() {
    m_rows.clear();
    if (!m_judgement)
        return;
    for (std::size_t i = 0; i < m_judgement->shown.size(); ++i) {
        const ShownResult& one = m_judgement->shown[i];
        const auto& has = m_categories[i];
        if ((m_changed_only && one.amount <= 0) ||
            (m_category && std::find(has.begin(), has.end(), *m_category) == has.end()))
            continue;
        m_rows.push_back(i);
    }
}

const ShownResult* ResultModel::result(int row) const {
    return row >= 0 && row < rowCount() ? &m_judgement->shown[m_rows[static_cast<std::size_t>(row)]]
                                        : nullptr;
}

QString ResultModel::file(int row) const {
    const ShownResult* one = result(row);
    return one ? pictureFile(m_source, QString::fromStdString(one->image)) : QString();
}

QString ResultModel::change(int row) const {
    const ShownResult* one = result(row);
    if (!one)
        return {};
    const auto found = m_changes.find(one->sample);
    return changeText(m_judgement->task.kind, found == m_changes.end() ? nullptr : found->second);
}

std::vector<int> ResultModel::categories() const {
    std::set<int> all;
    for (const auto& categories : m_categories)
        all.insert(categories.begin(), categories.end());
    return {all.begin(), all.end()};
}

int ResultModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant ResultModel::data(const QModelIndex& index, int role) const {
    const ShownResult* one = result(index.row());
    if (!one)
        return {};
    const QString name = QString::fromStdString(one->image);
    switch (role) {
        case Qt::DisplayRole:
            return QString(QFileInfo(name).fileName() + QLatin1Char('\n') + change(index.row()));
        case Qt::ToolTipRole:
            return plainTip(name + QLatin1Char('\n') + change(index.row()));
        case Qt::DecorationRole: {
            QPixmap picture = m_thumbnails->of(file(index.row()));
            if (picture.isNull()) {
                picture = QPixmap(m_thumbnails->size());
                picture.fill(currentPalette().field);
            }
            return picture;
        }
        default:
            return {};
    }
}

}  // namespace quantwright
