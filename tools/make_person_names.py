"""Writes knowledge/given_names.tsv and knowledge/surnames.tsv.

    pip install faker names && python tools/make_person_names.py

Given names with their gender and surnames of some 80 countries come from Faker (MIT); English ones from the package
`names` (MIT; lists of the United States Census of 1990, public domain); romanised Arabic, Persian, Chinese, Korean,
Vietnamese and African ones, which these lack, were added by hand below.
"""

from __future__ import annotations

import importlib
import pkgutil
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

import faker.providers.person as person

KNOWLEDGE = Path(__file__).parents[1] / "pipelines/copytaster/knowledge"
CENSUS_SURNAMES = 12_000
"""The most frequent ones; rarer surnames of the census are mostly found in other lists or tell nothing."""

LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya i yi ye g".replace("_", "").split(
            " "
        ),
        strict=True,
    )
)

MALE = """
Abbas Abd Abdallah Abdel Abdelaziz Abdul Abdulaziz Abdullah Abdulrahman Abu Adel Adnan Ahmad Ahmed Akbar Akram Ali Amin Amir
Amr Anwar Arif Asad Ashraf Asif Aziz Badr Bashar Bashir Bilal Dawood Ehud Emad Fadi Fahad Fahd Faisal Farid Farouk Faruk Fawzi
Fayez Fouad Fuad Ghassan Habib Hafez Haidar Haider Hakim Hamad Hamdi Hamid Hamza Hani Harun Hasan Hashim Hassan Hatem Haytham
Hisham Hosni Hossein Husain Hussain Hussein Ibrahim Idris Ijaz Imad Imran Iqbal Ishaq Ismail Issa Iyad Jaber Jafar Jalal
Jamal Jamil Javad Javed Kamal Kamel Karim Kassem Khaled Khalid Khalil Mahdi Mahmood Mahmoud Majid Malik Mansour Marwan Masoud
Massoud Mehdi Mohamad Mohamed Mohammad Mohammed Mohsen Moin Mousa Mubarak Muhammad Munir Murtaza Musa Mushtaq Mustafa Mustapha
Nabil Nader Nadim Naguib Naif Najib Nasir Nasser Nawaf Nawaz Nizar Noor Nouri Omar Osama Othman Qasim Rafiq Rahim Ramzi Rashid
Raza Riad Riyad Sadiq Saad Saddam Saeed Saeid Saif Salah Saleh Salem Salim Salman Sami Samir Sayed Shafiq Shahid Shakil Shoaib
Sulaiman Suleiman Tahir Taher Talal Tareq Tariq Usama Usman Wael Wahid Walid Waqar Wasim Yahya Yasir Yasser Younis Yousef Yusuf
Zaher Zahir Zahoor Zaid Zakaria Zayed Ziad Ashkan Behrouz Bijan Daryoush Esmail Gholam Javad Kazem Kourosh Mahmoud Manouchehr
Masoumeh Mir Morteza Qassem Reza Ruhollah Abiy Adama Alassane Amadou Babacar Bola Bongani Boubacar Cheikh Chinedu Cyril Didier
Emeka Goodluck Idriss Jomo Kofi Kwame Laurent Mamadou Moussa Muhammadu Mwai Nana Nelson Nnamdi Olusegun Ousmane Raila Robert Sani
Sekou Tedros Thabo Tito Uhuru Umaru Yoweri Ban Deng Jiang Jinping Keqiang Xiaoping Zedong Enlai Hun Jong Ho Kim Lee Nguyen
Bashar Binyamin Benjamin Avigdor Ehud Naftali Yair Yitzhak Shimon Ariel Moshe Eli Uri Amos Dmitry Dmitri Sergei Sergey Yuri Yury
Vladimir Volodymyr Oleksandr Andriy Mykola Petro Viktor Yevgeny Igor Oleg Mikhail Nikolai Alexei Aleksei Anatoly Valery Gennady
Recep Tayyip Abdulla Kemal Mehmet Narendra Rajiv Sanjay Atal Lal Bal Manmohan Rahul Nawaz Pervez Asif Zulfikar Hamid Ashraf
Mahinda Gotabaya Ranil Joko Bambang Susilo Suharto Prabowo Anwar Mahathir Thaksin Prayuth Rodrigo Ferdinand Bongbong
"""
FEMALE = """
Aisha Amal Amina Asma Ayesha Azza Benazir Dalal Dalia Dina Fadia Fadwa Farah Fatima Fatma Ghada Hala Hanan Hanin Heba Hind Huda
Iman Indira Jamila Khadija Laila Lamia Layla Leila Lina Lubna Maha Mahsa Malala Mariam Maryam Mona Muna Nada Nadia Nahed Najwa
Narges Nasrin Nawal Noura Rana Randa Rania Rasha Reem Rima Rola Rula Sabah Safaa Salma Samar Samira Sana Sanaa Sawsan Shaima
Shereen Shireen Siham Soad Suad Suha Wafa Yasmin Yasmine Zahra Zainab Zeinab Ngozi Chimamanda Ellen Graca Winnie Sheikh Khaleda
Hasina Aung Chandrika Megawati Corazon Gloria Imelda Yingluck Park Tsai Angela Ursula Christine Kamala Nancy Condoleezza
"""
SURNAMES = """
Abbas Abdullah Ahmadinejad Aoun Arafat Araghchi Assad Aziz Barzani Berri Bouteflika Erdogan Gaddafi Ghani Haniyeh Hariri Hashemi
Houthi Hussein Jumblatt Kadhimi Karzai Khamenei Khomeini Maliki Mansour Morsi Mubarak Nasrallah Netanyahu Pezeshkian Qaddafi
Raisi Rouhani Sadr Saleh Salman Sinwar Sisi Sistani Soleimani Talabani Tantawi Zarif Zawahiri Bai Cai Cao Chan Chang Chen Cheng
Cheung Chiang Chin Chow Chu Cui Dai Deng Ding Dong Du Duan Fan Fang Feng Fu Gao Gong Gu Guo Han Hao He Ho Hong Hou Hsieh Hsu Hu
Huang Jia Jiang Jin Kong Lai Lam Lau Lei Leung Li Liang Liao Lin Liu Long Lu Luo Lv Ma Mao Meng Mo Ng Pan Peng Qi Qian Qin Qiu
Ren Shao Shen Shi Song Su Sun Tan Tang Tao Tian Tsai Tse Tu Wan Wang Wei Wen Weng Wong Wu Xi Xia Xiang Xiao Xie Xiong Xu Xue Yan
Yang Yao Ye Yi Yin Yip You Yu Yuan Zeng Zhang Zhao Zheng Zhong Zhou Zhu Zou Ahn Bae Baek Cho Choi Chung Han Hwang Jang Jeon
Jeong Jung Kang Kim Ko Kwak Kwon Lee Lim Moon Noh Oh Paik Park Roh Ryu Seo Shin Suh Yoo Yoon Bui Dang Dao Dinh Do Duong Hoang
Huynh Le Luong Ly Ngo Nguyen Pham Phan Tran Trinh Truong Vo Vu Akinwande Akufo Annan Banda Buhari Chisano Compaore Conteh Diallo
Diop Dlamini Jonathan Kabila Kagame Kenyatta Koroma Mandela Mbeki Mnangagwa Mugabe Museveni Mutua Ndiaye Nkrumah Nkurunziza
Obasanjo Odinga Okafor Okonkwo Osei Ouattara Ramaphosa Sankara Sow Tinubu Toure Traore Tshisekedi Wade Zuma Zelensky Zelenskyy
Putin Medvedev Lavrov Lukashenko Poroshenko Tymoshenko Yanukovych Orban Merkel Scholz Macron Sarkozy Hollande Berlusconi Meloni
Draghi Sunak Starmer Thatcher Blair Johnson Cameron Trump Biden Obama Clinton Reagan Nixon Rubio Vance Modi Gandhi Bhutto Sharif
Rajapaksa Wickremesinghe Marcos Duterte Aquino Suharto Widodo Mahathir Shinawatra Abe Kishida Ishiba Takaichi Koizumi Suga
"""


def main() -> None:
    """Writes both files anew."""
    genders: dict[str, set[str]] = defaultdict(set)
    surnames: set[str] = set()
    for list_name, values in faker_lists():
        latin = [word for value in values for word in name_words(value)]
        if list_name.startswith("first") and "kana" not in list_name:
            gender = "f" if "female" in list_name else "m" if "male" in list_name else ""
            for word in latin:
                genders[word].update(gender)
        elif list_name.startswith("last") and "kana" not in list_name:
            surnames.update(latin)
    census = resources.files("names")
    for file_name, gender in (("dist.male.first", "m"), ("dist.female.first", "f")):
        for word in census_words(census.joinpath(file_name).read_text()):
            genders[word].add(gender)
    surnames.update(list(census_words(census.joinpath("dist.all.last").read_text()))[:CENSUS_SURNAMES])
    for block, gender in ((MALE, "m"), (FEMALE, "f")):
        for word in block.split():
            genders[word].add(gender)
    surnames.update(SURNAMES.split())
    source = (
        "# Source: Faker (MIT); `names` (MIT; United States Census 1990, public domain),\n"
        "# romanised names added by hand. Made by tools/make_person_names.py\n"
    )
    rows = [f"{name}\t{''.join(sorted(genders[name]))}\n" for name in sorted(genders)]
    head = "# Given names in Latin letters and the genders they are given to (m, f, fm).\n" + source + "name\tgender\n"
    (KNOWLEDGE / "given_names.tsv").write_text(head + "".join(rows), encoding="utf-8")
    head = "# Surnames in Latin letters.\n" + source + "name\n"
    (KNOWLEDGE / "surnames.tsv").write_text(head + "".join(f"{n}\n" for n in sorted(surnames)), encoding="utf-8")


def faker_lists() -> Iterator[tuple[str, Iterable[object]]]:
    """Name and content of each list of names in Faker's providers."""
    for module in pkgutil.iter_modules(person.__path__):
        provider = importlib.import_module(f"{person.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            value = getattr(provider, attribute)
            if "name" in attribute and not isinstance(value, str) and hasattr(value, "__iter__"):
                yield attribute.removesuffix("_names"), value


def name_words(value: object) -> Iterator[str]:
    """The name in Latin letters, if it is one word of a plausible form; a Cyrillic one is transliterated."""
    if not isinstance(value, str):
        return
    word = "".join(LATIN.get(letter, letter) for letter in value.lower()) if has_cyrillic(value) else value
    word = word[:1].upper() + word[1:]
    plain = word.replace("-", "").replace("'", "").replace("’", "")
    if len(word) > 1 and plain.isalpha() and all("LATIN" in unicodedata.name(letter, "") for letter in plain):
        yield word
        bare = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
        if bare != word:
            yield bare


def has_cyrillic(value: str) -> bool:
    """Whether the text has Cyrillic letters."""
    return any("CYRILLIC" in unicodedata.name(letter, "") for letter in value)


def census_words(text: str) -> Iterator[str]:
    """The names of a census file, most frequent first, with one capital: `MCDONALD` -> `Mcdonald`."""
    for line in text.splitlines():
        if line.strip():
            yield line.split()[0].capitalize()


if __name__ == "__main__":
    main()
