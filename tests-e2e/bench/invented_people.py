"""People who do not exist, for measuring how often screening finds somebody who is on no list.

Common given and family names of Sri Lanka and of the countries that its people meet, put together by
chance from a fixed seed: full names, two given names, initials, and the long form with a house name.
"""

import random

LANKAN = (
    (
        "Nimal Kamal Sunil Anura Mahinda Chaminda Lasantha Ruwan Dilshan Kasun Tharindu Nuwan Sanath "
        "Kumari Nirosha Dilani Chathurika Sachini Ishara Malini Sujatha Priyanka Rohan Ajith Upul Asanka "
        "Lakmal Pradeep Sampath Thilina Ravindra Suresh Ramesh Kannan Selvam Lakshmi Vani Meena Rizwan "
        "Imran Fazil Nazeer Fathima Aisha "
    ),
    (
        "Perera Silva Fernando Dias Bandara Jayasinghe Wickramasinghe Rajapaksa Gunawardena Wijesinghe "
        "Ratnayake Karunaratne Dissanayake Herath Jayawardena Senanayake Weerasinghe Abeysekera Gamage "
        "Liyanage Samarasinghe Ekanayake Mendis Cooray Peiris Fonseka Kumara Rathnayake Hettiarachchi "
        "Amarasinghe Ranasinghe Kodikara Nadarajah Sivakumar Selvarajah Thiyagarajah Kandasamy "
        "Ponnambalam Arulpragasam Balasingham Mohamed Farook Hameed Ismail Marikkar Cader Nizam "
    ),
)
AMERICAN = (
    (
        "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard "
        "Susan Joseph Jessica Thomas Karen Charles Sarah Christopher Lisa Daniel Nancy Matthew Sandra "
        "Anthony Ashley Mark Emily Donald Kimberly Steven Margaret Andrew Donna Paul Michelle Joshua "
        "Carol Kenneth Amanda Kevin Melissa Brian Deborah George Stephanie Timothy Rebecca Ronald Laura "
        "Jason Helen Edward Sharon Jeffrey Cynthia Ryan "
    ),
    (
        "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Jackson "
        "Martin Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill "
        "Green Adams Nelson Baker Hall Campbell Mitchell Carter Roberts Phillips Evans Turner Parker "
        "Collins Edwards Stewart Morris Murphy Cook Rogers Morgan Peterson Cooper Reed Bailey Bell Kelly "
        "Howard Ward Cox Richardson Grassley Feinstein Durbin Leahy Shelby Inhofe Cantwell Klobuchar "
        "Blumenthal Fitzgerald "
    ),
)
INDIAN = (
    (
        "Amit Rahul Priya Anjali Vijay Sanjay Rajesh Sunita Pooja Arjun Ravi Deepak Neha Kavita Manoj "
        "Vikram Harish "
    ),
    (
        "Sharma Verma Gupta Singh Patel Kumar Reddy Nair Iyer Menon Rao Das Chatterjee Mukherjee "
        "Banerjee Joshi Desai Shah Mehta Kapoor Malhotra Agarwal Bose Pillai Naidu Choudhury "
    ),
)
SPANISH = (
    (
        "Jose Juan Luis Carlos Maria Ana Miguel Pedro Jorge Manuel Francisco Rosa Carmen Ricardo Eduardo "
        "Sofia Javier "
    ),
    (
        "Garcia Rodriguez Martinez Hernandez Lopez Gonzalez Perez Sanchez Ramirez Torres Flores Rivera "
        "Gomez Diaz "
    ),
)
ARABIC = (
    (
        "Ahmed Mohammed Ali Omar Khaled Hassan Youssef Mustafa Tariq Bilal Samir Nadia Layla Fatima "
        "Amira Karim "
    ),
    (
        "Al-Mansouri Haddad Khoury Rahman Aziz Saleh Hussein Ibrahim Khalil Mahmoud Nasser Farouk Hamdan "
        "Abbas Malik "
    ),
)
CHINESE = (
    ("Wei Fang Min Jing Lei Qiang Yan Jie Hao Xiaoming Mei Hui Jun Ying "),
    ("Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo Lin "),
)
RUSSIAN = (
    ("Aleksandr Dmitry Maxim Sergey Andrey Alexey Olga Natalia Elena Tatiana Irina Pavel Nikita Mikhail "),
    ("Ivanov Smirnov Kuznetsov Popov Sokolov Lebedev Kozlov Novikov Morozov Petrov Volkov Pavlov Semenov "),
)
SHARES = ((LANKAN, 42), (AMERICAN, 32), (INDIAN, 10), (SPANISH, 5), (ARABIC, 4), (CHINESE, 4), (RUSSIAN, 3))


def invent_people(count: int, seed: int) -> list[str]:
    """Return that many different names."""
    chance = random.Random(seed)  # noqa: S311 - invents names, guards nothing
    pools = [pool for pool, _ in SHARES]
    found: dict[str, None] = {}
    while len(found) < count:
        given, family = (words.split() for words in chance.choices(pools, [share for _, share in SHARES])[0])
        first, second, last = chance.choice(given), chance.choice(given), chance.choice(family)
        form = chance.randrange(100)
        if form < 60:
            name = f"{first} {last}"
        elif form < 85:
            name = f"{first} {second} {last}"
        elif form < 93:
            name = f"{first} {second[0]}. {last}"
        elif form < 97:
            name = f"{first[0]}. {second[0]}. {chance.choice(given)} {last}"
        else:
            name = f"{chance.choice(family)}ge {first} {second} {last}"
        found[name] = None
    return list(found)
