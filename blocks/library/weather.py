"""The weather, from a service that needs no account."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.library.http_calls import json_of
from blocks.ports import Ports
from blocks.registry import register

# https://open-meteo.com/en/docs: codes of the World Meteorological Organization
_CONDITIONS = {
    0: "clear sky", 1: "mainly clear", 2: "partly cloudy", 3: "overcast", 45: "fog", 48: "rime fog",
    51: "light drizzle", 53: "drizzle", 55: "dense drizzle", 56: "freezing drizzle",
    57: "dense freezing drizzle", 61: "light rain", 63: "rain", 65: "heavy rain",
    66: "freezing rain", 67: "heavy freezing rain", 71: "light snow", 73: "snow", 75: "heavy snow",
    77: "snow grains", 80: "light showers", 81: "showers", 82: "violent showers",
    85: "snow showers", 86: "heavy snow showers", 95: "thunderstorm",
    96: "thunderstorm with hail", 99: "thunderstorm with heavy hail",
}  # fmt: skip
_PARIS = '{"results": [{"name": "Paris", "latitude": 48.85, "longitude": 2.35}]}'
_NOW = '{"current": {"temperature_2m": 21.4, "relative_humidity_2m": 60, "weather_code": 3}}'


@register
class GetWeatherInformation(Block["GetWeatherInformation.Input"]):
    id = "get_weather_information_block"
    aliases = ("f7a8b2c3-6d4e-5f8b-9e7f-6d4e5f8b9e7f",)
    name = "Get weather information"
    description = "Tells the present weather of a place, from Open-Meteo."
    category = "network"
    icon = "cloud"
    effect = Effect.IDEMPOTENT

    class Input(Pins):
        location: str = Field(min_length=1, max_length=200, description="The place, such as Paris.")
        use_celsius: bool = Field(default=True, description="Celsius; else Fahrenheit.")

    class Output(Pins):
        temperature: str = Field(description="The temperature.")
        humidity: str = Field(description="The relative humidity in percent.")
        condition: str = Field(description="The weather in words.")

    examples = (
        Example(
            given={"location": "Paris"},
            answers=[{"status": 200, "body": _PARIS}, {"status": 200, "body": _NOW}],
            yields=[("temperature", "21.4"), ("humidity", "60"), ("condition", "overcast")],
        ),
        Example(
            given={"location": "Nowhere at all"},
            answers=[{"status": 200, "body": "{}"}],
            error="No place is called",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        latitude, longitude = _place(data.location, ports)
        question = {
            "latitude": latitude,
            "longitude": longitude,
            "current": "temperature_2m,relative_humidity_2m,weather_code",
            "temperature_unit": "celsius" if data.use_celsius else "fahrenheit",
        }
        answer = _asked("https://api.open-meteo.com/v1/forecast", question, ports)
        now = answer.get("current")
        if not isinstance(now, dict):
            raise BlockError("The weather service gave no weather", code="bad_answer")
        code = now.get("weather_code")
        yield "temperature", str(now.get("temperature_2m", ""))
        yield "humidity", str(now.get("relative_humidity_2m", ""))
        yield "condition", _CONDITIONS.get(code, "unknown") if isinstance(code, int) else "unknown"


def _place(name: str, ports: Ports) -> tuple[float, float]:
    url = "https://geocoding-api.open-meteo.com/v1/search"
    results = _asked(url, {"name": name, "count": 1}, ports).get("results")
    first = results[0] if isinstance(results, list) and results else None
    if not isinstance(first, dict):
        raise BlockError(f'No place is called "{name}"', code="not_found")
    latitude, longitude = first.get("latitude"), first.get("longitude")
    if not (isinstance(latitude, int | float) and isinstance(longitude, int | float)):
        raise BlockError("The weather service does not say where that is", code="bad_answer")
    return latitude, longitude


def _asked(url: str, question: dict[str, Any], ports: Ports) -> dict[str, Any]:
    reply = ports.http.request("GET", f"{url}?{urlencode(question, errors='replace')}")
    answer = json_of(reply, "The weather service")
    return answer if isinstance(answer, dict) else {}
