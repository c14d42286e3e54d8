"""The words that code, database, JSON, CSV and configuration share."""

from __future__ import annotations

from enum import StrEnum


class DealType(StrEnum):
    """What kind of agreement a deal is."""

    ACQUISITION = "acquisition"
    MERGER = "merger"
    ASSET_PURCHASE = "asset_purchase"  # patents, a unit, a plant; not a whole company
    INVESTMENT = "investment"  # funding round or stake
    JOINT_VENTURE = "joint_venture"
    PARTNERSHIP = "partnership"  # collaboration, MoU, alliance, integration, reseller or distribution agreement
    LICENSING = "licensing"  # one-way patent or technology licence
    CROSS_LICENSING = "cross_licensing"
    SUPPLY = "supply"  # customer contract, order, supply agreement
    SETTLEMENT = "settlement"  # litigation ended by agreement


class Role(StrEnum):
    """What a party does in a deal."""

    ACQUIRER = "acquirer"
    TARGET = "target"
    SELLER = "seller"
    INVESTOR = "investor"
    INVESTEE = "investee"
    LICENSOR = "licensor"
    LICENSEE = "licensee"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    PARTNER = "partner"
    PARTY = "party"  # only where no other role fits


#: In these types every party is a ``partner``.
SYMMETRIC_TYPES = frozenset({DealType.MERGER, DealType.JOINT_VENTURE, DealType.PARTNERSHIP, DealType.CROSS_LICENSING})


class Status(StrEnum):
    """How far a deal has come."""

    RUMORED = "rumored"
    ANNOUNCED = "announced"
    COMPLETED = "completed"
    TERMINATED = "terminated"


class ValueKind(StrEnum):
    """What an amount of money (or a percentage) measures."""

    TOTAL = "total"
    UP_TO = "up_to"
    UPFRONT = "upfront"
    PER_SHARE = "per_share"
    PER_YEAR = "per_year"
    STAKE_PERCENT = "stake_percent"


class FocusArea(StrEnum):
    """The built-in focus areas. Users add areas of their own, so elsewhere a focus is a plain string."""

    AI = "ai"
    AR_VR = "ar_vr"
    IOT = "iot"
    DATA_CENTER = "data_center"
    CLOUD = "cloud"
    TELECOM_5G = "telecom_5g"
    SEMICONDUCTORS = "semiconductors"
    CYBERSECURITY = "cybersecurity"
    AUTOMOTIVE_MOBILITY = "automotive_mobility"
    ROBOTICS = "robotics"
    QUANTUM = "quantum"
    FINTECH_BLOCKCHAIN = "fintech_blockchain"
    SOFTWARE = "software"
    CONSUMER_DEVICES = "consumer_devices"
    ENERGY_BATTERY = "energy_battery"
    SPACE_SATELLITE = "space_satellite"
    HEALTH_TECH = "health_tech"
    MEDIA_GAMING = "media_gaming"


class DatePrecision(StrEnum):
    """How exactly a date is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    TIME = "time"


class PageState(StrEnum):
    """Where a page is on its way: found -> fetched -> read, or set aside."""

    FOUND = "found"
    FETCHED = "fetched"
    READ = "read"
    SET_ASIDE = "set_aside"


class JudgementKind(StrEnum):
    """What the ledger of judgements holds."""

    JOIN = "join"  # a report came to a deal that was there
    MERGE_DEALS = "merge_deals"
    SPLIT_DEAL = "split_deal"
    MERGE_COMPANIES = "merge_companies"
    SPLIT_COMPANY = "split_company"
    ALIAS = "alias"


class DeliveryState(StrEnum):
    """Where a digest is on its way to one place."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
