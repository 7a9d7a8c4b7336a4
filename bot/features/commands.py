"""Every command there is, under one name. Each is defined in its feature's folder and registered by this import."""

from bot.core.commands import *
from bot.features.account.commands import *
from bot.features.learning.commands import *
from bot.features.linking.commands import *
from bot.features.managing.commands import *
from bot.features.quiz.commands import *
from bot.features.reminders.commands import *
from bot.features.review.commands import *
from bot.features.schedules.commands import *
from bot.features.team.commands import *
