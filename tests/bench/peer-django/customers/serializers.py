"""What goes in and out."""

import json
import re

from rest_framework import serializers

from .regions import region_name

PROVINCES = {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82}
INVISIBLE = re.compile("[\x00-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
INVISIBLE_IN_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def line(value):
    if INVISIBLE.search(value):
        raise serializers.ValidationError("control_character")


def lines(value):
    if INVISIBLE_IN_LINES.search(value):
        raise serializers.ValidationError("control_character")


def e164(value):
    digits = re.sub(r"[ \-()]", "", value.strip())
    national = re.sub(r"^(\+86|0086)", "", digits)
    if re.fullmatch(r"1[3-9]\d{9}|0[1-9]\d{8,10}|[48]00\d{7}", national):
        return "+86" + national
    if re.fullmatch(r"\+[1-9]\d{6,14}", digits):
        return digits
    raise serializers.ValidationError("phone_invalid")


def masked(number):
    return f"{number.removeprefix('+86')[:3]}****{number[-4:]}"


class PhoneSerializer(serializers.Serializer):
    number = serializers.CharField(max_length=32)
    label = serializers.CharField(max_length=10, required=False, allow_null=True, validators=[line])

    def validate_number(self, value):
        return e164(value)


class NewCustomerSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=50, validators=[line])
    kind = serializers.ChoiceField(["person", "company"], default="person")
    type = serializers.ChoiceField(["potential", "new", "existing", "lost"], default="potential")
    phones = PhoneSerializer(many=True, default=list, max_length=5)
    company = serializers.CharField(max_length=100, required=False, allow_null=True, validators=[line])
    title = serializers.CharField(max_length=50, required=False, allow_null=True, validators=[line])
    region = serializers.RegexField(r"^\d{6}$", required=False, allow_null=True)
    source = serializers.ChoiceField(
        ["walk_in", "referral", "wechat", "phone", "online_shop", "event", "other"], required=False, allow_null=True
    )
    birthday = serializers.DateField(required=False, allow_null=True)
    remark = serializers.CharField(max_length=1000, required=False, allow_null=True, validators=[lines])
    owner_id = serializers.UUIDField(required=False, allow_null=True)
    tag_ids = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=50)

    def validate_region(self, value):
        if value and int(value[:2]) not in PROVINCES:
            raise serializers.ValidationError("region_invalid")
        return value

    def validate(self, attrs):
        if attrs["kind"] == "company" and not attrs.get("company"):
            raise serializers.ValidationError({"company": "company_missing"})
        return attrs


class TagLabelSerializer(serializers.Serializer):
    """A tag, and whether a rule gave it."""

    id = serializers.UUIDField(source="tag.id")
    name = serializers.CharField(source="tag.name")
    colour = serializers.CharField(source="tag.colour")
    by_rule = serializers.SerializerMethodField()

    def get_by_rule(self, tagging):
        return tagging.by_rule is not None


class CustomerRowSerializer(serializers.Serializer):
    """A customer in a list; the context knows the tags and the keys."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField()
    type = serializers.CharField()
    company = serializers.CharField()
    title = serializers.CharField()
    region = serializers.CharField()
    region_name = serializers.SerializerMethodField()
    source = serializers.CharField()
    owner_id = serializers.SerializerMethodField()
    pool_id = serializers.UUIDField()
    phone_masked = serializers.SerializerMethodField()
    phone_count = serializers.SerializerMethodField()
    tags = serializers.SerializerMethodField()
    starred = serializers.BooleanField(default=False)
    custom = serializers.SerializerMethodField()
    last_contact_at = serializers.DateTimeField()
    next_contact_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()

    def to_representation(self, customer):
        self.opened = self.context["keys"].opened(customer)
        return super().to_representation(customer)

    def get_region_name(self, customer):
        return customer.region and region_name(customer.region)

    def get_owner_id(self, customer):
        return customer.owner_id if customer.pool_id is None else None

    def get_phone_masked(self, customer):
        phones = self.opened["phones"]
        return masked(phones[0]["number"]) if phones else None

    def get_phone_count(self, customer):
        return len(self.opened["phones"])

    def get_tags(self, customer):
        return TagLabelSerializer(self.context["tags"].get(customer.id, []), many=True).data

    def get_custom(self, customer):
        """The measured business has no fields of its own."""
        return json.loads(customer.custom) if customer.custom else {}


def contacts(opened):
    """E-mails or WeChat ids, masked."""
    for contact in opened:
        name, at, rest = contact["text"].partition("@")
        yield {"masked": f"{name[:1]}***{at}{rest}", "label": contact.get("label")}


class CustomerSerializer(CustomerRowSerializer):
    phones = serializers.SerializerMethodField()
    emails = serializers.SerializerMethodField()
    wechat_ids = serializers.SerializerMethodField()
    address = serializers.SerializerMethodField()
    industry = serializers.CharField()
    size = serializers.CharField()
    needs = serializers.CharField()
    dates = serializers.SerializerMethodField()
    birthday = serializers.DateField()
    remark = serializers.CharField()
    remark_secret = serializers.SerializerMethodField()
    ads_refused_at = serializers.DateTimeField()
    created_by = serializers.UUIDField()

    def get_phones(self, customer):
        return [{"masked": masked(phone["number"]), "label": phone.get("label")} for phone in self.opened["phones"]]

    def get_remark_secret(self, customer):
        return False

    def get_emails(self, customer):
        return list(contacts(self.opened.get("emails", ())))

    def get_wechat_ids(self, customer):
        return list(contacts(self.opened.get("wechat_ids", ())))

    def get_address(self, customer):
        return self.opened.get("address")

    def get_dates(self, customer):
        return json.loads(customer.dates) if customer.dates else []
